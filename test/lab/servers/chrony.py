"""chronyd: NTP, without mode 6: it reveals nothing of itself."""
PACKAGES = []
UNPACKED = ["chrony"]


def start(run):
    root = run.unpacked("chrony")
    port = run.port("udp", 123)
    conf = run.write("chrony.conf", f"allow\nlocal stratum 8\nport {port}\ncmdport 0\n"
                     f"pidfile {run.folder}/pid\nbindcmdaddress /\n")
    run.spawn([root / "usr/sbin/chronyd", "-d", "-x", "-u", "root", "-f", conf])
    run.serves("udp", port, service="ntp", hidden=run.version("chrony"))
