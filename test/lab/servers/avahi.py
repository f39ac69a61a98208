"""Avahi: multicast DNS, answering by unicast who asks so."""
PACKAGES = ["avahi-daemon"]


def start(run):
    run.sub("run/avahi-daemon", user="avahi")
    services = run.private("/etc/avahi/services")
    (services / "lab.service").write_text(
        "<service-group><name>lab</name><service><type>_http._tcp</type><port>80</port>"
        "</service></service-group>")
    conf = run.write("avahi.conf", "[server]\nhost-name=lab\nenable-dbus=no\n"
                     "use-ipv6=no\n[publish]\npublish-workstation=yes\n")
    run.spawn(["/usr/sbin/avahi-daemon", "-f", conf, "--no-drop-root", "--no-chroot",
               "--no-rlimits"])
    # It asks first whether its names are free.
    run.until(lambda: "successfully established" in run.logged(), "its own service")
    run.serves("udp", 5353, service="mdns", product="DNS-based service discovery", odd=False)
