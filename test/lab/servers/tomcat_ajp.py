"""Tomcat: AJP without a secret"""
PACKAGES = ["tomcat10"]
HEAVY = True


def start(run):
    port = run.port("tcp", 8009)
    base = run.sub("tomcat")
    for name in ("conf", "logs", "temp", "webapps/ROOT", "work"):
        run.sub("tomcat/" + name)
    run.write("tomcat/webapps/ROOT/index.html", "Hello\n")
    run.write("tomcat/conf/web.xml", open("/etc/tomcat10/web.xml").read())
    run.write("tomcat/conf/server.xml", f"""<Server port="-1"><Service name="Catalina">
<Connector protocol="AJP/1.3" address="0.0.0.0" port="{port}" secretRequired="false"/>
<Engine name="Catalina" defaultHost="lab.test">
<Host name="lab.test" appBase="webapps" unpackWARs="false"/></Engine></Service></Server>
""")
    home = "/usr/share/tomcat10"
    run.spawn(["java", "-Xmx64m", f"-Dcatalina.home={home}", f"-Dcatalina.base={base}",
               "-classpath", f"{home}/bin/bootstrap.jar:{home}/bin/tomcat-juli.jar",
               "org.apache.catalina.startup.Bootstrap", "start"])
    # It listens long before it answers.
    run.until(lambda: "Server startup" in run.logged(), "Tomcat")
    run.serves("tcp", port, service="ajp13", product="Apache Tomcat AJP",
               version=run.version("tomcat10"))
