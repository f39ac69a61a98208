"""mini_httpd: http"""
PACKAGES = ["mini-httpd"]


def start(run):
    port = run.port("tcp", 80)
    run.write("www/index.html", "<p>lab</p>")
    run.spawn(["/usr/sbin/mini_httpd", "-D", "-p", port, "-d", run.folder / "www", "-i",
               run.folder / "pid", "-l", "/dev/null"])
    run.serves("tcp", port, service="http", product="mini_httpd", version=run.version("mini-httpd"))
