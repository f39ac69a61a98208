"""CVS's pserver, started for each connection by inetd"""
PACKAGES = ["cvs", "openbsd-inetd"]


def start(run):
    port = run.port("tcp", 2401)
    run.run(["cvs", "-d", run.folder / "repository", "init"])
    run.spawn(["/usr/sbin/inetd", "-i", "-R", "0", run.write(
        "inetd.conf", f"{port} stream tcp nowait.400 root /usr/bin/cvs cvs -f "
        f"--allow-root={run.folder}/repository pserver\n")])
    run.serves("tcp", port, service="cvspserver", product="CVS pserver",
               hidden=run.version("cvs"))
