"""Twisted Web: http"""
PACKAGES = ["python3-twisted"]


def start(run):
    port = run.port("tcp", 8080)
    run.spawn(["/usr/bin/python3", "-m", "twisted", "web", "--listen", f"tcp:{port}",
               "--path", run.sub("www")])
    run.serves("tcp", port, service="http", product=("Twisted Web httpd", "TwistedWeb httpd"),
               version=run.version("python3-twisted"))
