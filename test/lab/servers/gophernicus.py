"""Gophernicus: gopher, started for each connection by inetd"""
PACKAGES = ["gophernicus", "openbsd-inetd"]


def start(run):
    port = run.port("tcp", 70)
    root = run.sub("files")
    run.write("files/README", "Hello\n")
    run.spawn(["/usr/sbin/inetd", "-i", "-R", "0", run.write(
        "inetd.conf", f"{port} stream tcp nowait.400 nobody /usr/sbin/gophernicus gophernicus "
        f"-h lab.test -p {port} -r {root}\n")])
    run.serves("tcp", port, service="gopher", product="Gophernicus",
               version=run.version("gophernicus"))
