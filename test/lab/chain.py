"""A chain of routers, each a namespace, between a scanner and the hosts at its end.

    scanner -- r1 -- r2 -- ... -- rN -- host1
                                   \\-- host2 ...

The link before node i has 10.70.i.0/24 and fd70:i::/64, with .1 on the scanner's side and
.2 on the other; the hosts are 10.71.k.2 and fd71:k::2. All rates of ICMP errors are off."""
import os

from lab import LabError, Namespace, run


class Chain:
    def __init__(self, routers, hosts=1, prefix="pc"):
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        self.prefix = f"{prefix}{os.getpid()}-"
        self.spaces = []
        try:
            self.build(routers, hosts)
        except BaseException:
            self.close()
            raise

    def space(self, name):
        made = Namespace(self.prefix + name)
        self.spaces.append(made)
        for kind in ("all", "default"):
            made.sysctl(f"ipv6/conf/{kind}/accept_dad", 0)
            made.sysctl(f"ipv4/conf/{kind}/rp_filter", 0)
        made.sysctl("ipv4/icmp_ratelimit", 0)
        made.sysctl("ipv6/icmp/ratelimit", 0)
        return made

    @staticmethod
    def wire(near, far, near_link, net, far_link="back"):
        run("ip", "link", "add", near_link, "netns", near.name, "type", "veth",
            "peer", "name", far_link, "netns", far.name)
        for space, link, place in ((near, near_link, 1), (far, far_link, 2)):
            space.ip("link", "set", link, "up")
            space.ip("addr", "add", f"10.{net[0]}.{net[1]}.{place}/24", "dev", link)
            space.ip("addr", "add", f"fd{net[0]}:{net[1]}::{place}/64", "dev", link, "nodad")

    def build(self, routers, hosts):
        self.scanner = self.space("s")
        self.routers = []
        near = self.scanner
        for at in range(1, routers + 1):
            router = self.space(f"r{at}")
            router.sysctl("ipv4/ip_forward", 1)
            router.sysctl("ipv6/conf/all/forwarding", 1)
            self.wire(near, router, "next", (70, at))
            self.default(near, "next", at)
            if at > 1:
                self.back(router, at)
            self.routers.append(router)
            near = router
        self.hosts = []
        for at in range(1, hosts + 1):
            host = self.space(f"h{at}")
            self.wire(near, host, f"h{at}", (71, at))
            host.ip("route", "add", "default", "via", f"10.71.{at}.1")
            host.ip("-6", "route", "add", "default", "via", f"fd71:{at}::1")
            self.hosts.append(host)

    @staticmethod
    def default(near, link, at):
        near.ip("route", "add", "default", "via", f"10.70.{at}.2", "dev", link)
        near.ip("-6", "route", "add", "default", "via", f"fd70:{at}::2", "dev", link)

    @staticmethod
    def back(router, at):
        """The ways back to the scanner and to all links before this one."""
        for before in range(1, at):
            router.ip("route", "add", f"10.70.{before}.0/24", "via", f"10.70.{at}.1")
            router.ip("-6", "route", "add", f"fd70:{before}::/64", "via", f"fd70:{at}::1")

    def silence(self, at):
        """Router `at` (from 1) forwards, but what it says itself goes nowhere."""
        for family in ("-4", "-6"):
            self.routers[at - 1].ip(family, "rule", "add", "pref", "10", "iif", "lo",
                                    "to", "10.70.1.1" if family == "-4" else "fd70:1::1",
                                    "blackhole")

    def unsilence(self, at):
        for family in ("-4", "-6"):
            self.routers[at - 1].ip(family, "rule", "del", "pref", "10")

    def close(self):
        for space in reversed(self.spaces):
            space.remove()
