"""atftpd: tftp. It answers from a port of its own, as the protocol wants."""
PACKAGES = ["libwrap0", "libpcre3"]
UNPACKED = ["atftpd"]       # it and tftpd-hpa cannot be installed together


def start(run):
    port = run.port("udp", 69)
    root = run.unpacked("atftpd")
    run.spawn([root / "usr/sbin/atftpd", "--daemon", "--no-fork", "--port", port,
               "--user", "nobody.nogroup", run.sub("files")])
    run.serves("udp", port, service="tftp", hidden=run.version("atftpd"))
