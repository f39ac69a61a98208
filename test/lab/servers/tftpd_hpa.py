"""tftpd-hpa: tftp. It answers from a port of its own, as the protocol wants."""
PACKAGES = ["tftpd-hpa"]


def start(run):
    port = run.port("udp", 69)
    run.spawn(["/usr/sbin/in.tftpd", "-L", "-4", "-s", "-u", "nobody", "-a", f"0.0.0.0:{port}",
               run.sub("files")])
    run.serves("udp", port, service="tftp", hidden=run.version("tftpd-hpa"))
