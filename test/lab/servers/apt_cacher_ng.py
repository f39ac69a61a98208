"""Apt-Cacher NG: http, a proxy for packages"""
PACKAGES = ["apt-cacher-ng"]


def start(run):
    port = run.port("tcp", 3142)
    run.sub("cache"), run.sub("logs")
    run.write("conf/acng.conf", f"CacheDir: {run.folder}/cache\nLogDir: {run.folder}/logs\n"
              f"Port: {port}\n"
              f"SupportDir: /usr/lib/apt-cacher-ng\nReportPage: acng-report.html\nForeGround: 1\n")
    run.spawn(["/usr/sbin/apt-cacher-ng", "-c", run.folder / "conf"])
    run.serves("tcp", port, service="http", product=("Apt-Cacher NG", "Debian Apt-Cacher NG httpd"),
               version=run.version("apt-cacher-ng"))
