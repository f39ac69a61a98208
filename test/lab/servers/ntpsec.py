"""NTPsec's ntpd: NTP. Modes 3 and 6 are open to anybody in this configuration."""
PACKAGES = ["ntpsec"]


def start(run):
    conf = run.write("ntp.conf", "unrestrict default noquery limited\ntos orphan 5\n")
    run.spawn(["/usr/sbin/ntpd", "-n", "-x", "-c", conf, "-p", run.folder / "pid"])
    run.serves("udp", 123, service="ntp", product="NTPsec", version=run.version("ntpsec"),
               odd=False)
