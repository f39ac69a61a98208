"""BusyBox's httpd: http. It names itself nowhere."""
PACKAGES = ["busybox"]


def start(run):
    port = run.port("tcp", 80)
    run.write("www/index.html", "<p>lab</p>")
    run.spawn(["/bin/busybox", "httpd", "-f", "-p", port, "-h", run.folder / "www"])
    run.serves("tcp", port, service="http", hidden=run.version("busybox"))
