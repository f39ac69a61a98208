"""The path to each host (features.md section 14) through chains of 1 to 12 routers that are
namespaces, against what the chain is and what Debian's nmap says of it."""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as tree

import pytest

from chain import Chain
from lab import LabError

ROUTERS = 12
# Host k is behind router k, up to 12; then some with peculiarities.
TWIN, SHORT_BACK, LONG_BACK = 13, 14, 15
TARGET = {4: "10.71.{}.2", 6: "fd71:{}::2"}
ROUTER = {4: "10.70.{}.2", 6: "fd70:{}::2"}
LISTENER = """
import socket, time
tcp = socket.socket(socket.AF_INET6)
tcp.bind(("::", 80))
tcp.listen()
time.sleep(3600)
"""
FAMILIES = pytest.mark.parametrize("family", [4, 6])


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    try:
        made = Chain(ROUTERS, [*range(1, ROUTERS + 1), 8, 7, 3])
    except (LabError, FileNotFoundError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have a lab: {error}")
        pytest.skip(f"NO LAB HERE, NOTHING WAS TRACED: {error}")
    try:
        made.way_back(SHORT_BACK, 2)
        made.way_back(LONG_BACK, 9)
        for at in (5, TWIN):
            made.hosts[at - 1].popen(sys.executable, "-c", LISTENER,
                                     cwd=tmp_path_factory.mktemp("listener"))
        for at in (5, TWIN):
            wait_for(made.hosts[at - 1])
        yield made
    finally:
        made.close()


def wait_for(host):
    for _ in range(200):
        if (6, 80) in host.listening():
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("the listener does not come up")


class Traced:
    """What one scan says: the heading's attributes, hops, and the table without times."""

    def __init__(self, xml, text):
        self.trace, self.hops, self.distance = {}, {}, {}
        for host in tree.fromstring(xml).findall("host"):
            address = host.find("address").get("addr")
            trace = host.find("trace")
            if trace is None:
                continue
            self.trace[address] = dict(trace.attrib)
            self.hops[address] = {int(hop.get("ttl")): hop.get("ipaddr")
                                  for hop in trace.findall("hop")}
        self.tables = [re.sub(r"\d+\.\d\d ms|--", "RTT", re.sub(" +", " ", block)).strip()
                       for block in re.findall(r"^(TRACEROUTE.*?)(?:\n\n|\Z)", text, re.M | re.S)]


def scan(chain, tmp_path, program, family, *argv):
    xml, text = tmp_path / "out.xml", tmp_path / "out.txt"
    command = [program, *(["-6"] if family == 6 else []), "-n", "--traceroute",
               "-oX", xml, "-oN", text, *argv]
    process = chain.scanner.popen(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True, cwd=tmp_path, stdin=subprocess.DEVNULL)
    out, err = process.communicate(timeout=120)
    chain.scanner.started.remove(process)
    assert process.returncode == 0, out + err
    return Traced(xml.read_text(), text.read_text())


@pytest.fixture
def both(chain, tmp_path, portolan):
    """Ours, and the same from nmap."""
    nmap = shutil.which("nmap")

    def run(family, *argv):
        ours = scan(chain, tmp_path, portolan, family, *argv)
        if nmap:
            theirs = scan(chain, tmp_path, nmap, family, *argv)
            assert ours.hops == theirs.hops
            assert ours.trace == theirs.trace
            assert sorted(ours.tables) == sorted(theirs.tables)
        return ours
    return run


def way(family, routers, host, silent=()):
    """The hops to a host behind so many routers."""
    hops = {at: ROUTER[family].format(at) for at in range(1, routers + 1) if at not in silent}
    return {**hops, routers + 1: TARGET[family].format(host)}


@contextlib.contextmanager
def silence(chain, *routers):
    for at in routers:
        chain.silence(at)
    try:
        yield
    finally:
        for at in routers:
            chain.unsilence(at)


@FAMILIES
@pytest.mark.parametrize("routers", range(1, ROUTERS + 1))
def test_every_router_of_a_chain_is_found(both, family, routers):
    target = TARGET[family].format(routers)
    traced = both(family, "-sn", "-PE", target)
    assert traced.hops == {target: way(family, routers, routers)}
    assert traced.trace[target] == ({"proto": "icmp"} if family == 4 else {})


@FAMILIES
@pytest.mark.parametrize("argv, said", [
    (["-p", "80"], {"port": "80", "proto": "tcp"}),
    (["-p", "80,81"], {"port": "81", "proto": "tcp"}),
    (["-sU", "-p", "54"], {"port": "54", "proto": "udp"}),
    (["-sF", "-p", "81"], {"port": "81", "proto": "tcp"}),
    (["-PS80", "-p", "80"], {"port": "80", "proto": "tcp"}),
    (["-PA81", "-p", "80"], {"port": "81", "proto": "tcp"}),
    (["-sn", "-PU40"], {"port": "40", "proto": "udp"}),
    (["-Pn", "-p", "80"], {"port": "80", "proto": "tcp"}),
])
def test_the_probe_that_worked_is_used(both, family, argv, said):
    target = TARGET[family].format(5)
    traced = both(family, *argv, target)
    assert traced.hops == {target: way(family, 5, 5)}
    assert traced.trace[target] == said


def test_sctp_is_used(both):
    """Without SCTP in the kernel it is told so, by ICMP (and by ICMPv6 not so that a ping
    counts it)."""
    target = TARGET[4].format(5)
    traced = both(4, "-sn", "-PY22", target)
    assert traced.hops == {target: way(4, 5, 5)}
    assert traced.trace[target] == {"port": "22", "proto": "sctp"}


def test_a_protocol_of_a_protocol_scan_is_used(both):
    target = TARGET[4].format(5)
    traced = both(4, "-sO", "-p", "17", target)
    assert traced.hops == {target: way(4, 5, 5)}
    assert traced.trace[target] == {"proto": "udp"}


@FAMILIES
@pytest.mark.parametrize("silent", [(1,), (3,), (1, 2), (2, 4, 5)])
def test_silent_routers_are_left_out(both, chain, family, silent):
    target = TARGET[family].format(6)
    with silence(chain, *silent):
        traced = both(family, "-sn", "-PE", target)
    assert traced.hops == {target: way(family, 6, 6, silent)}


@FAMILIES
@pytest.mark.parametrize("host, routers", [(SHORT_BACK, 7), (LONG_BACK, 3)])
def test_answers_may_come_another_way(both, family, host, routers):
    target = TARGET[family].format(host)
    traced = both(family, "-sn", "-PE", target)
    assert traced.hops == {target: way(family, routers, host)}


@FAMILIES
def test_two_targets_behind_the_same_routers(both, chain, tmp_path, portolan, family):
    first, second = (TARGET[family].format(host) for host in (8, TWIN))
    ours = scan(chain, tmp_path, portolan, family, "-sn", "-PE", first, second)
    assert ours.hops == {first: way(family, 8, 8), second: way(family, 8, TWIN)}
    assert any("Hops 1-8 are the same as for " in table for table in ours.tables)
    detailed = scan(chain, tmp_path, portolan, family, "-sn", "-PE", "-d", first, second)
    assert not any("the same as" in table for table in detailed.tables)
    if shutil.which("nmap"):
        theirs = scan(chain, tmp_path, "nmap", family, "-sn", "-PE", first, second)
        assert ours.hops == theirs.hops
        assert ours.trace == theirs.trace


@FAMILIES
def test_a_prefix_of_the_path_is_shared(chain, tmp_path, portolan, family):
    targets = [TARGET[family].format(host) for host in (12, 4, 9)]
    traced = scan(chain, tmp_path, portolan, family, "-sn", "-PE", *targets)
    assert traced.hops == {target: way(family, host, host)
                           for target, host in zip(targets, (12, 4, 9))}


@FAMILIES
def test_a_silent_router_of_several_targets(chain, tmp_path, portolan, family):
    first, second = (TARGET[family].format(host) for host in (8, TWIN))
    with silence(chain, 2):
        traced = scan(chain, tmp_path, portolan, family, "-sn", "-PE", first, second)
    assert traced.hops == {first: way(family, 8, 8, (2,)), second: way(family, 8, TWIN, (2,))}


@FAMILIES
def test_neighbours_and_ourselves(both, family):
    near = ROUTER[family].format(1)
    own = near.replace("2", "1") if family == 4 else "fd70:1::1"
    own = "10.70.1.1" if family == 4 else own
    traced = both(family, "-p", "80", near)
    assert traced.hops == {near: {1: near}}
    assert traced.trace == {near: {}}
    for target in (own, "127.0.0.1" if family == 4 else "::1"):
        traced = both(family, "-p", "80", target)
        assert traced.hops == {}


@FAMILIES
@pytest.mark.parametrize("how", ["blackhole", "prohibit", "unreachable"])
def test_a_firewall_on_the_way(chain, tmp_path, portolan, family, how):
    """What is before it is known. Linux says "prohibited" five times at once, so what
    comes after is not the same twice, in Nmap either."""
    target = TARGET[family].format(6)
    chain.prohibit(3, 6, how)
    try:
        traced = scan(chain, tmp_path, portolan, family, "-Pn", "-p", "80", target)
    finally:
        chain.permit(3)
    hops = traced.hops[target]
    known = {ttl: address for ttl, address in hops.items() if ttl <= 2}
    assert known == {at: ROUTER[family].format(at) for at in (1, 2)}
    assert target not in hops.values()
    assert set(hops.values()) <= {ROUTER[family].format(at) for at in (1, 2, 3)}
