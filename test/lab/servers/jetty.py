"""Jetty: http"""
PACKAGES = ["jetty9", "openjdk-17-jre-headless"]
HEAVY = True


def start(run):
    port = run.port("tcp", 8080)
    run.sub("webapps"), run.sub("logs")
    run.write("start.ini", f"--module=http\n--module=deploy\njetty.http.port={port}\n")
    run.spawn(["/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "-jar", "/usr/share/jetty9/start.jar",
               "jetty.home=/usr/share/jetty9", f"jetty.base={run.folder}"])
    run.serves("tcp", port, service="http", product="Jetty", version=run.version("jetty9"))
