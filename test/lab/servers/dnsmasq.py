"""dnsmasq: DNS and TFTP. version.bind is answered as configured by default: with its version."""
PACKAGES = ["dnsmasq-base"]


def start(run):
    dns = run.port("udp", 53)
    root = run.sub("tftp")
    run.spawn(["/usr/sbin/dnsmasq", "-k", "-C", "/dev/null", "-p", dns, "-h", "-R", "-u", "root",
               "-x", run.folder / "pid", "--enable-tftp", f"--tftp-root={root}",
               "--log-facility=-"])
    for transport in ("tcp", "udp"):
        run.serves(transport, dns, service="domain", product="dnsmasq",
                   version=run.version("dnsmasq-base"), stunnel=False)
    run.serves("udp", 69, service="tftp", odd=False)    # its TFTP has no other port
