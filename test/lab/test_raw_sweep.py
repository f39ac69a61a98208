"""What ours has and Nmap has not: sweeps, shards and seeds, seen on the wire; and that
loss, policers and liars do not cost what is there."""
import collections
import dataclasses
import socket

import pytest

import report
import xdp
from link import Link
from responder import tcp

NET, TARGET = "10.89.2.0/26", "10.89.2.10"
HOSTS = [f"10.89.2.{number}" for number in range(64)]
PORTS = range(40000, 40008)
SPACE = {(host, port) for host in HOSTS for port in PORTS}
SWEEP = ["-Pn", "--sweep", "-p", f"{PORTS[0]}-{PORTS[-1]}"]
LISTENING = [22, 80, 443, 47011]


@pytest.fixture(autouse=True)
def ours_only(is_nmap):
    if is_nmap:
        pytest.skip("Nmap has no sweep")


def asked(seen):
    return collections.Counter((packet.to, packet.dport) for packet in seen.seen
                               if packet.protocol == 6 and packet.flags == "S")


def order(seen):
    return list(dict.fromkeys((packet.to, packet.dport) for packet in seen.seen
                              if packet.protocol == 6 and packet.flags == "S"))


def test_a_sweep_asks_all_there_is_and_nothing_else(raw):
    assert set(asked(raw({}, *SWEEP, NET))) == SPACE


@pytest.mark.parametrize("shards", [1, 2, 3, 7])
def test_shards_part_the_space(raw, shards):
    parts = [set(asked(raw({}, *SWEEP, "--seed", "7", "--shard", f"{one}/{shards}", NET)))
             for one in range(1, shards + 1)]
    assert set().union(*parts) == SPACE
    assert sum(map(len, parts)) == len(SPACE)


def test_a_seed_is_an_order(raw):
    one, again, other = (order(raw({}, *SWEEP, "--seed", seed, NET)) for seed in (7, 7, 8))
    assert one == again != other
    assert set(one) == set(other) == SPACE


def test_what_is_excluded_is_not_asked(raw):
    seen = set(asked(raw({}, *SWEEP, "--exclude", "10.89.2.16/28,10.89.2.3", "--exclude-ports",
                         "40001", NET)))
    kept = {(host, port) for host, port in SPACE if port != 40001 and host != "10.89.2.3"
            and not 16 <= int(host.rsplit(".", 1)[1]) < 32}
    assert seen == kept


def test_answers_to_a_sweep_are_checked(raw):
    """The cookie of one port is not that of another, and a stranger has none."""
    liar = tcp("SA", ack=lambda probe: probe.seq + 2)
    rules = {TARGET: {("tcp", 40001): tcp("SA"), ("tcp", 40002): liar,
                      ("tcp", 40003): tcp("SA", sport=40004), ("tcp", 40005): tcp("RA")}}
    host = raw(rules, *SWEEP, NET).hosts[TARGET]
    assert {port for (_, port), state in host.ports.items() if state == "open"} == {40001}


@pytest.fixture(scope="module")
def kernel(namespaces):
    """A kernel that answers for 256 addresses, and listens on LISTENING."""
    with Link("sweep") as made:
        made.give(made.target, "wire0", "10.89.1.2/24")
        made.target.ip("route", "add", "local", "10.89.3.0/24", "dev", "lo")
        made.scanner.ip("route", "add", "10.89.3.0/24", "via", "10.89.1.2")
        with made.target.entered():
            made.listening = [listen(port) for port in LISTENING]
        yield made
        for one in made.listening:
            one.close()


def listen(port):
    one = socket.socket()
    one.bind(("0.0.0.0", port))
    one.listen(4096)
    return one


@dataclasses.dataclass
class Trouble:
    kind: str
    parameters: dict


@pytest.mark.parametrize("trouble", [
    pytest.param([], id="clean"),
    pytest.param([Trouble("loss", {"share": 0.03})], id="3_percent_lost"),
    pytest.param([Trouble("police", {"pps": 20000, "burst": 200})], id="policed")])
def test_what_is_open_is_found(kernel, release, tmp_path, trouble):
    attached = [xdp.attach(space, link, one.kind, **one.parameters) for one in trouble
                for space, link in ((kernel.target, "wire0"), (kernel.scanner, "scan0"))]
    try:
        done = kernel.scan(tmp_path, release, "-n", "-oX", "-", "-Pn", "-p",
                           ",".join(map(str, [*LISTENING, *range(1000, 1040)])), "10.89.3.0/24")
    finally:
        for one in attached:
            one.detach()
    found = {(host.address, port) for host in report.read(done.stdout).values()
             for (_, port), state in host.ports.items() if state == "open"}
    there = {(f"10.89.3.{number}", port) for number in range(256) for port in LISTENING}
    assert found <= there
    # Where packets are lost one in a thousand may be missed, and nothing may where none are.
    assert len(there - found) <= (1 if trouble else 0)
