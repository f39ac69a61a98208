"""What -O sends over IPv4: with the same reference prints ours and Nmap's probes are the same
packets, field by field and in the same order, but for what is drawn at random; and what
they take from a kernel's answers is the same print.

    sudo PORTOLAN=/usr/bin/nmap /usr/bin/python3 -m pytest test/interop/test_os_probes.py
compares Nmap with itself, which proves the masks."""
import collections
import contextlib
import re
import socket
import struct
import threading

import pytest

import packets
from responder import Responder, arp, error, nothing, reply, tcp
from raw_rows import ROUTER

TARGET = "10.89.2.10"
KERNEL = "10.89.1.77"  # an address that the other end's own kernel has
OPEN, CLOSED = 80, 81
PORT_SCAN_OPTIONS = bytes.fromhex("020405b4")  # no probe of -O has these alone
ARGV = ["-n", "-Pn", "-O", "--datadir", "/usr/share/nmap", "--max-os-tries", "1", "-p",
        f"{OPEN},{CLOSED}"]


# Hosts

def answers_all(probe):
    """Every probe to the open port but those that a kernel says nothing to."""
    if "S" in probe.flags and "F" not in probe.flags:
        return tcp("SA")(probe)
    return tcp("R")(probe)


def only_the_scan(probe):
    return tcp("SA")(probe) if probe.tcp_options == PORT_SCAN_OPTIONS else []


def closed_to_the_scan(probe):
    return tcp("RA")(probe) if probe.tcp_options == PORT_SCAN_OPTIONS else []


class AnyPort(dict):
    """Rules whose UDP ports are all alike: which one is asked is drawn."""

    def __init__(self, udp, rules):
        super().__init__(rules)
        self.udp = udp

    def __contains__(self, key):
        return key[0] == "udp" or super().__contains__(key)

    def __missing__(self, key):
        return self.udp


TALKATIVE = AnyPort(error("port"), {("tcp", OPEN): answers_all, ("tcp", CLOSED): tcp("RA"),
                                    ("icmp", 8): reply(code=9)})
SILENT = AnyPort(nothing, {("tcp", OPEN): only_the_scan, ("tcp", CLOSED): closed_to_the_scan})


# Packets

def is_probe(packet):
    return packet.family == 4 and packet.to == TARGET and \
        not (packet.flags and "R" in packet.flags) and \
        not (packet.protocol == packets.TCP and packet.tcp_options == PORT_SCAN_OPTIONS)


def masked(packet, first):
    """What a probe looks like, random numbers by their distance from those of the first."""
    found = {"protocol": packet.protocol, "tos": packet.tos, "bytes": len(packet.ip),
             "dont_fragment": packet.dont_fragment, "sum": packet.checksum_good,
             "mac": packet.mac_to.hex(), "source": packet.source}
    if packet.protocol == packets.UDP:
        return {**found, "ttl": 51 <= packet.ttl <= 64, "ident": packet.ident,
                "dport": 30000 <= packet.dport <= 44780, "data": packet.data.hex()}
    found["ttl"] = 37 <= packet.ttl <= 59
    if packet.protocol == packets.ICMP:
        return {**found, "type": packet.type, "code": packet.code, "seq": packet.icmp_seq,
                "id": packet.icmp_id - first["id"] & 0xffff, "data": packet.data.hex()}
    offset, urgent = packet.payload[12], struct.unpack("!H", packet.payload[18:20])[0]
    ack = packet.ack and packet.ack - first["ack"]
    return {**found, "dport": packet.dport, "sport": packet.sport - first["sport"],
            "seq": packet.seq - first["seq"] & 0xffffffff, "ack": ack, "flags": packet.flags,
            "reserved": offset & 15, "urgent": urgent, "window": packet.window,
            "options": packet.tcp_options.hex(), "data": packet.data.hex()}


def first_numbers(seen):
    segment = next(packet for packet in seen if packet.protocol == packets.TCP)
    echo = next(packet for packet in seen if packet.protocol == packets.ICMP)
    return {"sport": segment.sport, "seq": segment.seq, "ack": segment.ack, "id": echo.icmp_id}


class Wire:
    def __init__(self, link, folder):
        self.link, self.folder, self.known = link, folder, {}

    def probes(self, program, rules, *argv):
        """All probes of the round, as they came, as tuples of fields."""
        with Responder(self.link.target, "wire0", {TARGET: rules},
                       dict.fromkeys(ROUTER, arp())) as responder:
            done = self.link.scan(self.folder, program, *ARGV, *argv, TARGET)
        assert done.returncode == 0, f"{program}: {done.stderr}"
        seen = [packet for packet in responder.seen if is_probe(packet)]
        numbers = first_numbers(seen)
        return [tuple(masked(packet, numbers).items()) for packet in seen]

    def of_nmap(self, name, rules, *argv):
        if name not in self.known:
            self.known[name] = self.probes("/usr/bin/nmap", rules, *argv)
        return self.known[name]


@pytest.fixture(scope="module")
def wire(raw_link, tmp_path_factory):
    return Wire(raw_link, tmp_path_factory.mktemp("os-probes"))


def told(probes):
    return "\n".join(" ".join(f"{name}={value}" for name, value in probe) for probe in probes)


def check_order(ours, nmap):
    ours, nmap = (list(dict.fromkeys(probes)) for probes in (ours, nmap))
    assert ours == nmap, f"--- nmap:\n{told(nmap)}\n--- ours:\n{told(ours)}"


def test_all_probes_of_a_round_are_the_same(wire, portolan):
    nmap = wire.of_nmap("talkative", TALKATIVE)
    ours = wire.probes(portolan, TALKATIVE)
    check_order(ours, nmap)
    assert len(set(nmap)) == 16


def test_what_is_silent_is_asked_the_same_again(wire, portolan):
    """The six options once more, T1, and how often each is sent."""
    nmap = wire.of_nmap("silent", SILENT)
    ours = wire.probes(portolan, SILENT)
    check_order(ours, nmap)
    assert len(set(nmap)) == 23
    assert collections.Counter(ours) == collections.Counter(nmap)


def test_decoys_send_every_probe(wire, portolan):
    argv = ["-D", "10.89.1.5,ME,10.89.1.6"]
    nmap = wire.of_nmap("decoys", TALKATIVE, *argv)
    ours = wire.probes(portolan, TALKATIVE, *argv)
    check_order(ours, nmap)
    assert len(set(nmap)) == 3 * 16


@contextlib.contextmanager
def kernel(link):
    """A host that answers as the kernel does: port 80 is open, the others are closed."""
    link.give(link.target, "wire0", f"{KERNEL}/24")
    with link.target.entered():
        server = socket.create_server((KERNEL, OPEN), backlog=50)
    server.settimeout(0.2)
    over = threading.Event()

    def serve():
        while not over.is_set():
            with contextlib.suppress(OSError):
                server.accept()[0].close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield KERNEL
    finally:
        over.set()
        thread.join()
        server.close()
        link.target.ip("addr", "del", f"{KERNEL}/24", "dev", "wire0")


# Numbers that differ from one run to the next, on the same machine.
VARY = re.compile(r"(?<=[(%])(SP|GCD|ISR|TS)=[0-9A-F]+")


def lines_of(text):
    """The tests of a print as they are wrapped in a report, without SCAN."""
    block = "".join(re.findall(r"^OS:(.*)$", text, re.MULTILINE))
    return {VARY.sub(r"\1=?", line) for line in re.findall(r"[A-Z0-9]+\([^)]*\)", block)
            if not line.startswith("SCAN")}


def test_the_print_of_a_kernel_is_the_same(wire, portolan):
    with kernel(wire.link) as address:
        prints = [lines_of(wire.link.scan(wire.folder, program, *ARGV, "-vv", address).stdout)
                  for program in ("/usr/bin/nmap", portolan)]
    assert prints[0] == prints[1]
    assert {line.split("(")[0] for line in prints[0]} == \
        {"SEQ", "OPS", "WIN", "ECN", "U1", "IE", *(f"T{n}" for n in range(1, 8))}
