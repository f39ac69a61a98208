"""Apache Tomcat: http"""
PACKAGES = ["tomcat10", "openjdk-17-jre-headless"]
HEAVY = True


def start(run):
    port = run.port("tcp", 8080)
    run.sub("logs"), run.sub("temp"), run.sub("work"), run.sub("webapps/ROOT")
    run.write("conf/server.xml", f'''<Server port="-1"><Service name="Catalina">
<Connector port="{port}" protocol="HTTP/1.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine>
</Service></Server>''')
    run.write("conf/web.xml", '''
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0"/>
'''.lstrip())
    run.spawn(["/usr/share/tomcat10/bin/catalina.sh", "run"],
              env={"CATALINA_HOME": "/usr/share/tomcat10", "CATALINA_BASE": run.folder,
                   "JAVA_HOME": "/usr/lib/jvm/java-17-openjdk-amd64"})
    run.serves("tcp", port, service="http", product="Apache Tomcat",
               version=run.version("tomcat10"))
