"""The idle scan (SC-14 to SC-16): a scripted zombie that counts what it sends in its
IP IDs, and a target that answers whoever seems to ask."""
import itertools
import random

import pytest

import report
from raw_rows import ROUTER
from responder import Responder, arp, nothing, tcp

ZOMBIE, TARGET = "10.89.2.20", "10.89.2.21"
OPEN, CLOSED = {22, 80, 9001}, {23, 81, 9000, 9002}
PORTS = sorted(OPEN | CLOSED)


class Zombie:
    """Its IP IDs by one counter for all it sends, or otherwise."""

    def __init__(self, kind):
        # Byte-swapped counters must not run over the low byte's end by chance.
        self.counter, self.kind = itertools.count(0x4000), kind
        self.random = random.Random(1)

    def ident(self):
        number = next(self.counter)
        return {"incremental": number, "by_two": 2 * number & 0xffff,
                "byte_swapped": (number & 255) << 8 | number >> 8,
                "random": self.random.randrange(1, 65536), "constant": 0x1234,
                "zero": 0}[self.kind]


def target_rules(zombie):
    """An open port's SYN/ACK goes to the zombie, which resets it; a closed one's
    RST makes it say nothing."""
    def listening(probe):
        if probe.source == ZOMBIE and probe.flags == "S":
            zombie.ident()
        return []
    return {("tcp", port): listening if port in OPEN else nothing for port in PORTS}


def spoofed_for(zombie):
    """Nmap checks the zombie with probes in the target's name: their resets count."""
    def answer(probe):
        ident = zombie.ident
        return tcp("R", ident=ident)(probe) if probe.source != TARGET else ident() and []
    return {("tcp", 80): answer}


def idle_scan(raw_link, program, folder, zombie, *argv):
    rules = {ZOMBIE: spoofed_for(zombie), TARGET: target_rules(zombie)}
    with Responder(raw_link.target, "wire0", rules, dict.fromkeys(ROUTER, arp())) as responder:
        done = raw_link.scan(folder, program, "-n", "-Pn", "-oX", "-", "-p",
                             ",".join(map(str, PORTS)), "-sI", ZOMBIE, *argv, TARGET)
    return done, responder.seen


@pytest.mark.parametrize("kind", ["incremental", "by_two", "byte_swapped"])
def test_open_ports_make_the_zombie_count(raw_link, portolan, tmp_path, kind):
    done, seen = idle_scan(raw_link, portolan, tmp_path, Zombie(kind))
    assert done.returncode == 0, done.stderr
    host = report.read(done.stdout)[TARGET]
    assert host.ports == {("tcp", port): "open" if port in OPEN else "closed|filtered"
                          for port in PORTS}
    assert {host.reasons["tcp", port] for port in OPEN} == {"ipid-change"}
    assert {host.reasons["tcp", port] for port in CLOSED} == {"no-ipid-change"}
    # The target never hears of us.
    assert {packet.source for packet in seen if packet.to == TARGET} == {ZOMBIE}


def test_the_report_names_the_zombie_as_nmap_does(raw_link, portolan, tmp_path):
    done, _ = idle_scan(raw_link, portolan, tmp_path, Zombie("by_two"), "-oN", tmp_path / "normal")
    line = f"Idle scan using zombie {ZOMBIE} ({ZOMBIE}:80); Class: Incrementing by 2\n"
    assert done.returncode == 0 and line in (tmp_path / "normal").read_text()
    assert "<scaninfo" not in done.stdout


def test_an_excluded_zombie_is_refused(raw_link, portolan, tmp_path):
    done, seen = idle_scan(raw_link, portolan, tmp_path, Zombie("incremental"),
                           "--exclude", ZOMBIE)
    assert done.returncode != 0 and "excluded" in done.stderr
    assert not [packet for packet in seen if packet.family]


@pytest.mark.parametrize("kind", ["random", "constant", "zero"])
def test_a_zombie_that_does_not_count_is_refused(raw_link, portolan, tmp_path, kind):
    done, seen = idle_scan(raw_link, portolan, tmp_path, Zombie(kind))
    assert done.returncode != 0 and "<port " not in done.stdout
    assert not [packet for packet in seen if packet.to == TARGET]
