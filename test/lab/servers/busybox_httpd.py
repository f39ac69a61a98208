"""BusyBox's httpd: http. It names itself nowhere; its error pages are known."""
PACKAGES = ["busybox"]


def start(run):
    port = run.port("tcp", 80)
    run.write("www/index.html", "<p>lab</p>")
    run.spawn(["/bin/busybox", "httpd", "-f", "-p", port, "-h", run.folder / "www"])
    run.serves("tcp", port, service="http", product="BusyBox httpd",
               hidden=run.version("busybox"))
