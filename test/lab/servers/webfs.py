"""webfs: http"""
PACKAGES = ["webfs"]


def start(run):
    port = run.port("tcp", 8000)
    run.spawn(["/usr/bin/webfsd", "-F", "-p", port, "-r", run.sub("www")])
    run.serves("tcp", port, service="http", product=("webfs httpd", "WebFS httpd"),
               version=run.version("webfs"))
