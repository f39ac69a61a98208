"""Which way a packet would go: the same as the kernel says, for whatever tables.

`ip route get` is the reference: it asks the kernel for each address, while ours asks once
for a range of them, and so would show every range that is too wide."""
import contextlib
import ipaddress
import json
import os
import random
import re
import subprocess

import pytest

from lab import LabError, Namespace

SEED = 20260
SEVERAL = ("10.79.", "fd79:")
LINE = re.compile(r"(?P<to>\S+) (?:dev (?P<dev>\S+) src (?P<src>\S+) "
                  r"(?:(?P<local>local)|(?P<link>on-link)|via (?P<via>\S+)) mtu (?P<mtu>\d+)"
                  r"(?: mac (?P<mac>\S+))?|no route: (?P<why>.+))$")


@pytest.fixture(scope="module")
def host():
    """One machine with every kind of link and table; nothing is at the other ends."""
    try:
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        made = Namespace(f"routes-{os.getpid()}")
    except (LabError, FileNotFoundError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have a lab: {error}")
        pytest.skip(f"NO LAB HERE, NOTHING WAS COMPARED: {error}")
    try:
        build(made)
        yield made
    finally:
        made.remove()


def build(host):
    # Addresses are there at once, and no router may be believed.
    for kind in ("default", "all"):
        host.sysctl(f"ipv6/conf/{kind}/accept_dad", 0)
        host.sysctl(f"ipv6/conf/{kind}/accept_ra", 0)
    ip = host.ip
    for one, other in (("eth0", "end0"), ("eth1", "end1"), ("eth2", "end2")):
        ip("link", "add", one, "type", "veth", "peer", "name", other)
        ip("link", "set", one, "up")
        ip("link", "set", other, "up")
    ip("link", "set", "eth1", "mtu", "1400")
    ip("link", "add", "br0", "type", "bridge")
    ip("link", "set", "eth2", "master", "br0")
    ip("link", "set", "br0", "up")
    ip("tuntap", "add", "tun0", "mode", "tun")
    ip("link", "set", "tun0", "up")
    ip("link", "add", "down0", "type", "bridge")
    for dev, *addresses in (("eth0", "10.1.0.1/24", "10.1.0.9/24", "fd01::1/64", "fd01::abcd/64",
                             "2001:db8:1::1/48"),
                            ("eth1", "10.2.0.1/20", "192.0.2.1/25", "fd02::1/64",
                             "2001:db8:8000::1/48"),
                            ("br0", "10.9.0.1/16", "fd09::1/64", "2002:a09:1::1/48"),
                            ("tun0", "10.8.0.1/30", "fd08::1/126"),
                            ("down0", "10.66.0.1/24", "fd66::1/64")):
        for address in addresses:
            ip("addr", "add", address, "dev", dev, *(["nodad"] if ":" in address else []))
    ip("addr", "add", "10.8.9.1", "peer", "10.8.9.2", "dev", "tun0")
    build_v4(ip)
    build_v6(ip)


def build_v4(ip):
    def route(*argv):
        ip("route", "add", *argv)
    route("default", "via", "10.1.0.254", "metric", "100")
    route("default", "via", "10.9.0.254", "metric", "50")
    route("10.77.0.0/16", "dev", "tun0")
    route("10.77.7.0/29", "via", "10.2.0.77", "src", "192.0.2.1", "mtu", "1300")
    route("blackhole", "10.78.0.0/16")
    route("unreachable", "10.78.64.0/18")
    route("prohibit", "10.78.127.0/24")
    route("throw", "10.78.192.0/24")
    route("10.79.0.0/16", "nexthop", "via", "10.1.0.7", "nexthop", "via", "10.9.0.7", "weight", "3")
    route("10.80.0.0/16", "via", "inet6", "fd01::77", "dev", "eth0")
    route("10.81.0.0/16", "via", "inet6", "fe80::77", "dev", "br0")
    route("local", "10.82.0.0/24", "dev", "lo")
    route("default", "via", "10.2.0.254", "table", "7")
    route("unreachable", "10.55.3.128/26", "table", "7")
    route("10.3.0.0/17", "dev", "br0", "table", "8")
    ip("rule", "add", "pref", "50", "to", "10.3.0.0/16", "lookup", "8")
    ip("rule", "add", "pref", "100", "to", "10.55.0.0/16", "lookup", "7")
    ip("rule", "add", "pref", "101", "to", "10.56.1.2/31", "prohibit")
    ip("rule", "add", "pref", "102", "from", "10.1.0.9", "to", "172.16.0.0/12", "lookup", "7")
    ip("rule", "add", "pref", "103", "from", "10.99.0.0/16", "blackhole")
    ip("rule", "add", "pref", "104", "fwmark", "1", "unreachable")
    ip("rule", "add", "pref", "105", "ipproto", "tcp", "dport", "80", "to", "10.4.0.0/16",
       "unreachable")
    ip("rule", "add", "pref", "106", "iif", "lo", "to", "10.57.0.0/17", "lookup", "7")
    ip("neigh", "add", "10.1.0.254", "lladdr", "02:00:00:00:00:fe", "dev", "eth0")
    ip("neigh", "add", "10.9.0.254", "lladdr", "02:00:00:00:09:fe", "dev", "br0")
    ip("neigh", "add", "fd09::5", "lladdr", "02:00:00:00:09:05", "dev", "br0")


def build_v6(ip):
    def route(*argv):
        ip("-6", "route", "add", *argv)
    route("default", "via", "fd01::fe", "dev", "eth0", "metric", "20")
    route("default", "via", "fe80::99", "dev", "br0", "metric", "10")
    route("fd77::/16", "dev", "tun0")
    route("fd77:7::/61", "via", "fd02::77", "src", "2001:db8:8000::1")
    route("blackhole", "fd78::/16")
    route("unreachable", "fd78:8000::/18")
    route("prohibit", "fd78:c000::/24")
    route("fd79::/16", "nexthop", "via", "fd01::7", "nexthop", "via", "fd09::7")
    route("2001:db8:8000::/33", "via", "fd02::fe")
    route("local", "fd82::/112", "dev", "lo")
    route("default", "via", "fd02::99", "table", "7")
    route("prohibit", "fd55:3::/40", "table", "7")
    ip("-6", "rule", "add", "pref", "100", "to", "fd55::/16", "lookup", "7")
    ip("-6", "rule", "add", "pref", "101", "to", "fd56::/127", "prohibit")
    ip("-6", "rule", "add", "pref", "102", "from", "fd01::abcd", "to", "2600::/12", "lookup", "7")
    ip("-6", "addrlabel", "add", "prefix", "2a00::/20", "label", "9")
    ip("-6", "addrlabel", "add", "prefix", "fd09::/64", "label", "9")


# Targets: some from anywhere, most from where something happens

NEAR4 = ("10.0.0.0/8", "10.1.0.0/24", "10.2.0.0/19", "10.3.0.0/16", "10.8.0.0/29", "10.8.9.0/29",
         "10.9.0.0/16", "10.55.3.0/24", "10.55.0.0/16", "10.56.1.0/29", "10.57.0.0/16",
         "10.66.0.0/24", "10.77.7.0/28", "10.77.0.0/16", "10.78.0.0/16", "10.79.0.0/16",
         "10.80.0.0/15", "10.82.0.0/23", "172.16.0.0/12", "192.0.2.0/24", "127.0.0.0/8",
         "0.0.0.0/7", "224.0.0.0/4", "224.0.0.0/23", "255.255.255.252/30", "10.2.15.252/30",
         "10.1.0.252/30", "10.4.0.0/16")
NEAR6 = ("fd00::/8", "fd01::/63", "fd01::/120", "fd01::ab00/120", "fd02::/64", "fd08::/124",
         "fd09::/63", "fd55::/16", "fd55:3::/32", "fd55:3::/39", "fd56::/125", "fd66::/63",
         "fd77::/16", "fd77:7::/59", "fd78::/16", "fd79::/16", "fd82::/110", "2001:db8::/32",
         "2001:db8:1::/47", "2001:db8:8000::/33", "2001::/16", "2002::/16", "2002:a09::/32",
         "2600::/11", "2000::/3", "2a00::/19", "::/94", "::ffff:0:0/95", "fe80::/64", "fec0::/10",
         "ff00::/12", "::/0")


def some_of(prefixes, count):
    picked = random.Random(SEED)
    nets = [ipaddress.ip_network(prefix, strict=False) for prefix in prefixes]
    found = []
    while len(found) < count:
        net = picked.choice(nets)
        found.append(str(net[picked.randrange(net.num_addresses)]))
        if picked.random() < 0.2:
            found.append(str(net[picked.choice([0, -1])]))
    return found[:count]


@pytest.fixture(scope="module")
def targets4():
    return some_of(NEAR4 + ("0.0.0.0/0",) * 4, 1000)


@pytest.fixture(scope="module")
def targets6():
    return some_of(NEAR6, 1000)


# The two programs

def of_kernel(host, targets, *more):
    """{target: (dev, src, via or "local" or "on-link") or None}, of ip route get."""
    questions = "".join(f"route get {target} {' '.join(more)}\n" for target in targets)
    done = subprocess.run(["ip", "-n", host.name, "-6" if ":" in targets[0] else "-4", "-json",
                           "-force", "-batch", "-"], input=questions, capture_output=True,
                          text=True, timeout=60)
    failed = {int(line.rpartition(":")[2]) for line in done.stderr.splitlines()
              if line.startswith("Command failed")}
    answers, decoder, at = [], json.JSONDecoder(), 0
    text = done.stdout.strip()
    while at < len(text):
        answer, at = decoder.raw_decode(text, at)
        answers += answer
        while at < len(text) and text[at].isspace():
            at += 1
    assert len(answers) + len(failed) == len(targets), done.stderr[:2000]
    found, answers = {}, iter(answers)
    for number, target in enumerate(targets, 1):
        found[target] = None if number in failed else way_of(next(answers), target)
    return found


def way_of(answer, target):
    assert same(answer["dst"], target), (answer, target)
    if answer.get("type") in ("local", "anycast"):
        hop = "local"
    else:
        hop = answer.get("gateway") or answer.get("via", {}).get("host") or "on-link"
    # Asked from an address, IPv6 also tells what it would have taken without.
    asked = answer.get("from", "::")
    source = asked if asked != "::" else answer.get("prefsrc", "none")
    return answer["dev"], source, hop


def same(one, other):
    return ipaddress.ip_address(one) == ipaddress.ip_address(other)


def plain(text):
    return text.partition("%")[0]


def explain(host, portolan, targets, *argv, listed=None):
    """The same of ours, and the lines as they are."""
    family = [] if listed is None else ["-iL", "-"]
    done = subprocess.run(["ip", "netns", "exec", host.name, str(portolan), "--explain-route",
                           *argv, *family, *([] if family else targets)],
                          input=listed, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr[:2000]
    lines = [LINE.match(line) for line in done.stdout.splitlines()]
    assert all(lines), done.stdout[:2000]
    assert len(lines) == len(targets)
    for line, target in zip(lines, targets):
        assert same(plain(line["to"]), plain(target))
    return lines


def way_of_line(line):
    if line["why"]:
        return None
    hop = "local" if line["local"] else "on-link" if line["link"] else plain(line["via"])
    return line["dev"], plain(line["src"]), hop


def compare(host, portolan, targets, argv=(), more=()):
    kernel = of_kernel(host, targets, *more)
    ours = explain(host, portolan, targets, *argv, listed="\n".join(targets) + "\n")
    # Of several next hops the kernel takes one for each address, we one for the range.
    several = {kernel[target] for target in targets if target.startswith(SEVERAL)}
    wrong = []
    for target, line in zip(targets, ours):
        expected, got = kernel[target], way_of_line(line)
        if got != expected and not (target.startswith(SEVERAL) and got in several):
            wrong.append(f"{target}: {got}, and the kernel says {expected}")
    assert not wrong, "\n".join(wrong[:20]) + f"\n{len(wrong)} of {len(targets)}"
    return kernel


# What must be true

def test_ipv4_goes_where_the_kernel_says(host, portolan, targets4):
    kernel = compare(host, portolan, targets4)
    # The comparison means something only if everything came up.
    ways = {way and way[0] for way in kernel.values()}
    assert ways >= {None, "lo", "eth0", "eth1", "br0", "tun0"}
    hops = {way[2] for way in kernel.values() if way}
    assert hops >= {"local", "on-link", "10.9.0.254", "10.2.0.254", "10.2.0.77", "fd01::77",
                    "fe80::77"}


def test_ipv6_goes_where_the_kernel_says(host, portolan, targets6):
    kernel = compare(host, portolan, targets6)
    sources = {way[1] for way in kernel.values() if way}
    assert sources >= {"fd01::abcd", "2001:db8:1::1", "2001:db8:8000::1", "fd09::1"}
    assert {way and way[2] for way in kernel.values()} >= {None, "local", "on-link", "fe80::99",
                                                           "fd02::fe", "fd02::99"}


@pytest.mark.parametrize("interface", ["eth0", "br0", "tun0"])
def test_through_one_interface_only(host, portolan, targets4, targets6, interface):
    for targets in (targets4[:300], targets6[:300]):
        compare(host, portolan, targets, ["-e", interface], ["oif", interface])


@pytest.mark.parametrize("source", ["10.1.0.9", "192.0.2.1", "10.82.0.5", "fd01::abcd",
                                    "2001:db8:1::1"])
def test_from_an_address_of_ours(host, portolan, targets4, targets6, source):
    targets = targets6 if ":" in source else targets4
    kernel = compare(host, portolan, targets, ["-S", source], ["from", source])
    assert {way[1] for way in kernel.values() if way} == {source}


def test_from_the_address_of_another(host, portolan, targets4):
    """The kernel routes nothing from a strange IPv4 address, so the way is the usual one."""
    assert not any(of_kernel(host, targets4[:50], "from", "198.51.100.7").values())
    usual = of_kernel(host, targets4)
    lines = explain(host, portolan, targets4, "-S", "198.51.100.7",
                    listed="\n".join(targets4) + "\n")
    for target, line in zip(targets4, lines):
        expected, got = usual[target], way_of_line(line)
        if target.startswith(SEVERAL):
            continue
        assert got == (expected and (expected[0], "198.51.100.7", expected[2])), target


def test_zones_choose_the_interface(host, portolan):
    for dev in ("eth0", "br0", "eth1"):
        targets = some_of(("fe80::/64", "ff02::/120", "ff05::/16"), 100)
        kernel = of_kernel(host, targets, "oif", dev)
        lines = explain(host, portolan, [f"{target}%{dev}" for target in targets])
        for target, line in zip(targets, lines):
            assert way_of_line(line) == kernel[target], target


def test_what_has_no_route_says_why(host, portolan):
    targets = ["10.78.0.1", "10.78.64.1", "10.78.127.1", "10.56.1.2", "fd78:c000::1"]
    lines = explain(host, portolan, targets)
    assert [line["why"].split()[-1] for line in lines] == [
        "to", "unreachable", "prohibit", "prohibit", "prohibit"]


def test_mtu_and_neighbours_are_the_kernels(host, portolan):
    targets = ["10.77.7.1", "10.2.0.7", "10.9.0.7", "127.0.0.1", "198.51.100.1", "fd09::5"]
    lines = explain(host, portolan, targets)
    assert [int(line["mtu"]) for line in lines] == [1300, 1400, 1500, 65536, 1500, 1500]
    assert [line["mac"] for line in lines] == [None, None, None, None, "02:00:00:00:09:FE",
                                               "02:00:00:00:09:05"]


def test_without_any_route(portolan, host):
    empty = Namespace(f"routes-{os.getpid()}-empty")
    with contextlib.ExitStack() as stack:
        stack.callback(empty.remove)
        empty.ip("link", "set", "lo", "down")
        lines = explain(empty, portolan, ["10.0.0.1", "fd00::1"])
        assert [line["why"] for line in lines] == ["no route", "no route"]


# --iflist and --route-dst, beside the reference

def listing(host, program):
    done = subprocess.run(["ip", "netns", "exec", host.name, str(program), "--iflist"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.splitlines()


def tables(lines):
    """The rows of both tables; IPv4 only is what the two have in common to the letter."""
    begin = lines.index("*" * 24 + "INTERFACES" + "*" * 24)
    middle = lines.index("*" * 26 + "ROUTES" + "*" * 26)
    assert lines[0].startswith("Starting ") and begin == 1 and lines[middle - 1] == ""
    return lines[begin + 1:middle - 1], lines[middle + 1:]


def test_iflist_is_laid_out_as_the_reference_has_it(portolan, standin):
    small = Namespace(f"routes-{os.getpid()}-small")
    with contextlib.ExitStack() as stack:
        stack.callback(small.remove)
        small.sysctl("ipv6/conf/default/disable_ipv6", 1)
        small.sysctl("ipv6/conf/all/disable_ipv6", 1)
        small.ip("link", "add", "eth0", "type", "veth", "peer", "name", "other0")
        small.ip("link", "set", "eth0", "up")
        small.ip("addr", "add", "10.1.0.1/24", "dev", "eth0")
        small.ip("link", "add", "longer-name0", "type", "bridge")
        small.ip("addr", "add", "10.20.0.1/16", "dev", "longer-name0")
        small.ip("link", "set", "longer-name0", "up")
        small.ip("tuntap", "add", "tun0", "mode", "tun")
        small.ip("addr", "add", "10.8.0.1", "peer", "10.8.0.2", "dev", "tun0")
        small.ip("link", "set", "tun0", "up")
        small.ip("route", "add", "default", "via", "10.1.0.254", "metric", "100")
        small.ip("route", "add", "default", "via", "10.20.0.254", "metric", "50")
        assert tables(listing(small, portolan)) == tables(listing(small, "nmap"))
        assert listing(small, standin / "nmap")[0].startswith("Starting Nmap ")


def test_iflist_without_routes(portolan):
    empty = Namespace(f"routes-{os.getpid()}-none")
    with contextlib.ExitStack() as stack:
        stack.callback(empty.remove)
        empty.ip("link", "set", "lo", "down")
        assert listing(empty, portolan)[1:] == listing(empty, "nmap")[1:]


@pytest.mark.parametrize("target", ["10.200.0.1", "10.2.0.7", "10.1.0.1", "10.8.9.2"])
def test_route_dst_says_it_in_the_same_words(host, portolan, target):
    said = [subprocess.run(["ip", "netns", "exec", host.name, str(program), "--route-dst",
                            target], capture_output=True, text=True, timeout=60)
            for program in (portolan, "nmap")]
    assert said[0].returncode == 0 and not said[0].stderr
    assert said[0].stdout.splitlines()[1:3] == said[1].stdout.splitlines()[1:3]
