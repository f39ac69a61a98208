"""Avahi: multicast DNS, answering by unicast who asks so."""
PACKAGES = ["avahi-daemon"]


def start(run):
    run.sub("run/avahi-daemon", user="avahi")
    run.private("/etc/avahi/services")
    conf = run.write("avahi.conf", "[server]\nhost-name=lab\nenable-dbus=no\n"
                     "use-ipv6=no\n[publish]\npublish-workstation=yes\n")
    run.spawn(["/usr/sbin/avahi-daemon", "-f", conf, "--no-drop-root", "--no-chroot",
               "--no-rlimits"])
    run.serves("udp", 5353, service="mdns", product="DNS-based service discovery", odd=False)
