"""What IPv6 OS detection sends: ours and Nmap's probes are the same packets in the same order,
byte for byte but for what is drawn by design.

    sudo PORTOLAN=/usr/bin/nmap /usr/bin/python3 -m pytest test/interop/test_os6_probes.py -k same
compares Nmap with itself, which proves the masks."""
import socket
import struct

import pytest

import packets
import wire
from link import Link

TARGET, OPEN, CLOSED = "fd89:1::2", 8022, 8023
FLOW_LABEL = 0x12345
HOP_BY_HOP, DESTINATION, ROUTING = 0, 60, 43


@pytest.fixture(scope="module")
def two(namespaces):
    with Link("os6") as made:
        made.give(made.target, "wire0", TARGET + "/64")
        with made.target.entered():
            listening = socket.create_server((TARGET, OPEN), family=socket.AF_INET6)
        with listening:
            yield made


def transport(protocol, data):
    """(the extension headers in hex, protocol, what is behind them)"""
    headers = b""
    while protocol in (HOP_BY_HOP, DESTINATION, ROUTING):
        size = (data[1] + 1) * 8
        headers, protocol, data = headers + data[:size], data[0], data[size:]
    return headers.hex(), protocol, data


def checksum_good(packet, protocol, data):
    pseudo = packets.pseudo(packet.source, packet.to, protocol, len(data))
    return packets.internet_sum(pseudo + data) == 0


def tcp_fields(data, first):
    seq, ack = struct.unpack("!II", data[4:12])
    return {"seq": (seq - first["seq"]) & 0xffffffff, "ack": "0" if ack == 0 else "random",
            "sport": int.from_bytes(data[:2], "big") - first["sport"],
            "dport": int.from_bytes(data[2:4], "big"),
            "bits": data[12:14].hex(), "window": data[14:16].hex(), "urgent": data[18:20].hex(),
            "options": data[20:].hex()}


def udp_fields(data):
    return {"dport": 30000 <= int.from_bytes(data[2:4], "big") <= 44780, "data": data[8:].hex()}


def fields(packet, first):
    headers, protocol, data = transport(packet.protocol, packet.payload)
    found = {"flow": packet.ident, "class": packet.tos, "headers": headers, "protocol": protocol,
             "hops": "37..59" if 37 <= packet.ttl <= 59 else packet.ttl,
             "sum": checksum_good(packet, protocol, data)}
    if protocol == packets.TCP:
        found.update(tcp_fields(data, first))
    elif protocol == packets.UDP:
        found.update(udp_fields(data))
    else:
        found["icmp"] = (data[:2] + data[4:]).hex()
    return found


def probes(frames):
    """The probes of OS detection as (name, value) pairs, each the first time it was sent."""
    read = filter(None, map(packets.read, frames))
    sent = [packet for packet in read if packet.family == 6 and packet.ident == FLOW_LABEL]
    tcp = next(packet for packet in sent if packet.protocol == packets.TCP)
    first, found = {"seq": tcp.seq, "sport": tcp.sport}, []
    for packet in sent:
        one = fields(packet, first)
        if one not in found:
            found.append(one)
    return found


def probes_of(two, program, folder, *argv):
    two.scanner.ip("neigh", "flush", "all")
    with wire.Capture(two.target, "wire0") as seen:
        done = two.scan(folder, program, "-6", "-n", "-Pn", "-O", "-p", f"{OPEN},{CLOSED}", *argv,
                        TARGET)
    assert done.returncode == 0, done.stderr
    return probes(seen.frames)


def test_the_probes_are_the_same(two, portolan, tmp_path):
    ours, theirs = (probes_of(two, program, tmp_path) for program in (portolan, "/usr/bin/nmap"))
    assert len(theirs) == 17
    assert [packet["headers"] != "" for packet in theirs].count(True) == 2
    assert ours == theirs


def test_an_option_shows(two, portolan, tmp_path):
    """The masks do not hide too much."""
    ours = probes_of(two, portolan, tmp_path, "--ttl", "77")
    assert {packet["hops"] for packet in ours} == {77, 255}


def test_tcp_probes_count_on(two, portolan, tmp_path):
    ours = probes_of(two, portolan, tmp_path)
    numbers = [packet["seq"] for packet in ours if packet["protocol"] == packets.TCP]
    assert numbers == list(range(13))
