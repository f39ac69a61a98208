"""Pure-FTPd: ftp. It never tells its version."""
PACKAGES = ["libsodium23"]
UNPACKED = ["pure-ftpd"]    # it and other FTP servers cannot be installed together


def start(run):
    port = run.port("tcp", 21)
    root = run.unpacked("pure-ftpd")
    run.spawn([root / "usr/sbin/pure-ftpd", "-4", "-A", "-l", "unix", "-S", port,
               "-g", run.folder / "pid"])
    run.serves("tcp", port, service="ftp", product="Pure-FTPd", hidden=run.version("pure-ftpd"))
