"""A chain of routers, each a namespace, between a scanner and hosts behind them.

    scanner -- r1 -- r2 -- ... -- rN
                |     |           |
              host  host        host

The link before router i has 10.70.i.0/24 and fd70:i::/64, with .1 on the scanner's side and
.2 on the other; host k (from 1) is 10.71.k.2 and fd71:k::2. ICMP errors come at any rate."""
import os

from lab import LabError, Namespace, run


class Chain:
    def __init__(self, routers, hosts, prefix="pc"):
        """hosts: behind which router (from 1) each is."""
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        self.prefix = f"{prefix}{os.getpid()}-"
        self.spaces, self.routers, self.hosts = [], [], []
        try:
            self.build(routers)
            for at in hosts:
                self.add_host(at)
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
    def wire(near, near_link, far, far_link, net):
        run("ip", "link", "add", near_link, "netns", near.name, "type", "veth",
            "peer", "name", far_link, "netns", far.name)
        for space, link, place in ((near, near_link, 1), (far, far_link, 2)):
            space.ip("link", "set", link, "up")
            space.ip("addr", "add", f"10.{net[0]}.{net[1]}.{place}/24", "dev", link)
            space.ip("addr", "add", f"fd{net[0]}:{net[1]}::{place}/64", "dev", link, "nodad")

    @staticmethod
    def default(space, net, place):
        space.ip("route", "replace", "default", "via", f"10.{net[0]}.{net[1]}.{place}")
        space.ip("-6", "route", "replace", "default", "via", f"fd{net[0]}:{net[1]}::{place}")

    def build(self, routers):
        near = self.scanner = self.space("s")
        for at in range(1, routers + 1):
            router = self.space(f"r{at}")
            router.sysctl("ipv4/ip_forward", 1)
            router.sysctl("ipv6/conf/all/forwarding", 1)
            self.wire(near, "next", router, "back", (70, at))
            self.default(near, (70, at), 2)
            for before in range(1, at):
                router.ip("route", "add", f"10.70.{before}.0/24", "via", f"10.70.{at}.1")
                router.ip("-6", "route", "add", f"fd70:{before}::/64", "via", f"fd70:{at}::1")
            self.routers.append(router)
            near = router

    def add_host(self, behind):
        at = len(self.hosts) + 1
        host = self.space(f"h{at}")
        self.hosts.append(host)
        self.wire(self.routers[behind - 1], f"h{at}", host, "eth0", (71, at))
        self.default(host, (71, at), 1)

    def way_back(self, at, behind):
        """Host `at` answers by another router than the one it is asked by."""
        host = self.hosts[at - 1]
        self.wire(self.routers[behind - 1], f"b{at}", host, "eth1", (72, at))
        self.default(host, (72, at), 1)

    def rule(self, at, *argv):
        for family, scanner in (("-4", "10.70.1.1"), ("-6", "fd70:1::1")):
            self.routers[at - 1].ip(family, "rule", *(scanner if word == "SCANNER" else word
                                                      for word in argv))

    def silence(self, at):
        """Router `at` forwards, but what it says itself goes nowhere."""
        self.rule(at, "add", "pref", "10", "iif", "lo", "to", "SCANNER", "blackhole")

    def unsilence(self, at):
        self.rule(at, "del", "pref", "10")

    def prohibit(self, at, host, how):
        """Router `at` lets nothing through to a host: `how` is a type of route."""
        for family, net in (("-4", f"10.71.{host}.0/24"), ("-6", f"fd71:{host}::/64")):
            self.routers[at - 1].ip(family, "rule", "add", "pref", "5", "to", net, how)

    def permit(self, at):
        self.rule(at, "del", "pref", "5")

    def close(self):
        for space in reversed(self.spaces):
            space.remove()
