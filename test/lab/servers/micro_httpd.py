"""micro_httpd, as inetd starts it: http. It names no version."""
PACKAGES = ["micro-httpd", "openbsd-inetd"]


def start(run):
    port = run.port("tcp", 80)
    run.write("www/index.html", "<p>lab</p>")
    conf = run.write("inetd.conf", f"{port} stream tcp nowait nobody /usr/sbin/micro-httpd "
                     f"micro-httpd {run.folder}/www\n")
    run.spawn(["/usr/sbin/inetd", "-i", conf])
    run.serves("tcp", port, service="http", product="micro_httpd",
               hidden=run.version("micro-httpd"))
