"""OpenNTPD: NTP, without mode 6: it reveals nothing of itself."""
PACKAGES = []
UNPACKED = ["openntpd"]


def start(run):
    root = run.unpacked("openntpd")
    conf = run.write("ntpd.conf", "listen on *\n")
    run.sub("empty")
    state = run.private("/var/lib/openntpd")
    for name in ("db", "run"):
        (state / name).mkdir()
    passwd = run.write("passwd", "root:x:0:0::/root:/bin/sh\n"
                       f"ntpd:x:65534:65534::{run.folder}/empty:/usr/sbin/nologin\n")
    run.binds += [str(passwd), "/etc/passwd"]
    run.spawn([root / "usr/sbin/ntpd", "-d", "-f", conf, "-p", run.folder / "drift"])
    run.serves("udp", 123, service="ntp", hidden=run.version("openntpd"), odd=False)
