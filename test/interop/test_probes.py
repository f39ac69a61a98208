"""What goes over the wire: for the same options, ours and Nmap's first probes of
every port are the same packets, field by field, but for what is random by design.

    sudo PORTOLAN=/usr/bin/nmap /usr/bin/python3 -m pytest test/interop/test_probes.py
compares Nmap with itself, which proves the masks. That they do not hide too much
is test_an_option_shows."""
import collections
import dataclasses

import pytest

import packets
from raw_rows import ROUTER
from responder import Responder, arp

TARGET = {4: "10.89.2.10", 6: "fd89:2::10"}
NEIGHBOUR = {4: "10.89.1.10", 6: "fd89:1::10"}
SOURCES = {"10.89.1.1", "10.89.1.5", "10.89.1.6", "10.89.1.9", "fd89:1::1", "fd89:1::5",
           "fd89:1::6", "fd89:1::9"}
KNOWN_PORT = 4053  # the one that -g asks for
QUICK = ["-n", "-T5", "--max-retries", "0"]

# Taking the frame apart

def reassembled(seen):
    """Packets with their fragments: [(whole Packet, [(offset, bytes)])]."""
    pieces = collections.defaultdict(list)
    for packet in seen:
        fragmented = packet.family == 4 and (packet.more or packet.offset)
        pieces[(packet.ident, packet.source) if fragmented else id(packet)].append(packet)
    for parts in pieces.values():
        parts.sort(key=lambda part: part.offset or 0)
        shape = [(part.offset, len(part.payload)) for part in parts]
        if len(parts) == 1:
            yield parts[0], shape
            continue
        whole = dataclasses.replace(parts[0], offset=0, more=False,
                                    payload=b"".join(part.payload for part in parts))
        packets.read_payload(whole)
        yield whole, shape


def lifetime(ttl):
    return "37..59" if 37 <= ttl <= 59 else ttl


def port(number):
    return number if number == KNOWN_PORT or number < 1024 else "random"


def set_or_not(number):
    return "0" if number == 0 else "random"


def sctp_sum(packet):
    head = packet.payload[:8]
    if packet.checksum_good:
        return "crc32c"
    good = packets.adler32(head + bytes(4) + packet.chunks) == packet.payload[8:12]
    return "adler32" if good else "bad"


def masked_chunks(chunks):
    if chunks[0] == packets.INIT:  # the initiate tag and the initial TSN
        return chunks[:4].hex(), set_or_not(any(chunks[4:8])), chunks[8:16].hex(), \
            set_or_not(any(chunks[16:20])), chunks[20:].hex()
    if chunks[0] == packets.COOKIE_ECHO:  # the cookie
        return chunks[:4].hex(), len(chunks[4:8]), chunks[8:].hex()
    return chunks.hex()


def transport_fields(packet, random_data):
    data = packet.data and (len(packet.data) if random_data else packet.data.hex())
    # Any high port may be that of an RPC program: who the caller is is each program's own.
    if packet.protocol == packets.UDP and len(packet.data) == 40 and \
            packet.data[4:12] == b"\0\0\0\0\0\0\0\2":
        data = "RPC call"
    if packet.protocol == packets.TCP:
        # In ours the cookie stands in seq too: an ICMP error may quote no more than that.
        seq = "any" if "A" in packet.flags else set_or_not(packet.seq)
        return {"sport": port(packet.sport), "dport": packet.dport, "seq": seq,
                "ack": set_or_not(packet.ack), "flags": packet.flags, "window": packet.window,
                "options": packet.tcp_options.hex(), "data": data, "sum": packet.checksum_good}
    if packet.protocol == packets.UDP:
        return {"sport": port(packet.sport), "dport": packet.dport, "data": data,
                "sum": packet.checksum_good}
    if packet.protocol == packets.SCTP:
        return {"sport": port(packet.sport), "dport": packet.dport,
                "vtag": set_or_not(packet.vtag), "sum": sctp_sum(packet),
                "chunks": len(packet.chunks) if random_data else masked_chunks(packet.chunks)}
    if packet.protocol in (packets.ICMP, packets.ICMP6) and packet.type is not None:
        # In protocol scans 7.93 gives the echo request the code 129, which RFC 4443 has not.
        code = 0 if (packet.type, packet.code) == (128, 129) else packet.code
        return {"type": packet.type, "code": code, "id": set_or_not(packet.icmp_id),
                "seq": packet.icmp_seq, "data": data, "sum": packet.checksum_good}
    if packet.protocol == packets.IGMP and packet.payload:
        # The group that 7.93 asks about is what was in memory.
        return {"payload": packet.payload[:2].hex(), "sum": packets.internet_sum(packet.payload)}
    return {"payload": len(packet.payload) if random_data else packet.payload.hex()}


def fields(packet, fragments, argv):
    """The packet as (name, value) pairs, with what may differ masked."""
    random_data = "--data-length" in argv
    if packet.family is None:
        return (("to", packet.mac_to.hex()), ("from", packet.mac_from.hex()),
                ("arp", packet.payload.hex()))
    found = {"mac_to": packet.mac_to.hex(), "mac_from": packet.mac_from.hex(),
             "source": packet.source if packet.source in SOURCES else "random", "to": packet.to,
             "protocol": packet.protocol, "ttl": lifetime(packet.ttl), "tos": packet.tos,
             "bytes": len(packet.ip), "fragments": str(fragments)}
    if packet.family == 4:
        found.update(dont_fragment=packet.dont_fragment, ip_options=packet.ip_options.hex())
    elif not any(option.startswith(("-sO", "-PO")) for option in argv):
        found.update(flow_label=packet.ident)  # random in 7.93's protocol probes, else 0
    found.update(transport_fields(packet, random_data))
    return tuple(found.items())


def resolved_address(packet):
    """What ARP or a neighbour solicitation asks for."""
    if packet.family is None:
        return packet.to
    if packet.protocol == packets.ICMP6 and packet.type == 135:
        return str(packets.ipaddress.IPv6Address(packet.data[:16]))
    return None


def right_by_chance(argv, probes):
    """7.93 lowers a checksum by one, and 0 less one is 65535, which is 0 as well (RFC 1624)."""
    return "--badsum" in argv and any(dict(probe).get("sum") is True for probe in probes)


class Wire:
    """probes(program, argv): what came, as a multiset of fields."""

    def __init__(self, link, folder):
        self.link, self.folder, self.known = link, folder, {}

    def capture(self, program, family, argv, target):
        resolve = {**dict.fromkeys(ROUTER, arp()), NEIGHBOUR[family]: arp()}
        self.link.scanner.ip("neigh", "flush", "all")
        with Responder(self.link.target, "wire0", {}, resolve) as responder:
            done = self.link.scan(self.folder, program, *QUICK, *(["-6"] if family == 6 else []),
                                  *argv, target)
        assert done.returncode == 0, f"{program} {argv}: {done.stderr}"
        hops = {target, ROUTER[0]} if "--ip-options" in argv else {target}
        return [packet for packet in responder.seen
                if (packet.family and packet.to in hops) or resolved_address(packet) == target]

    def probes(self, program, family, argv, target):
        seen = self.capture(program, family, argv, target)
        found = collections.Counter(fields(packet, fragments, argv)
                                    for packet, fragments in reassembled(seen))
        if (family, argv[0]) == (6, "-D"):  # which 7.93 sends twice
            found = collections.Counter(set(found))
        assert found, f"{program} {argv} sent nothing"
        return found

    def of_nmap(self, family, argv, target):
        key = family, tuple(argv), target
        for _ in range(3):
            if key in self.known and not right_by_chance(argv, self.known[key]):
                break
            self.known[key] = self.probes("/usr/bin/nmap", family, argv, target)
        return self.known[key]


@pytest.fixture(scope="module")
def wire(raw_link, tmp_path_factory):
    # The kernel tells no route for a source that is not its own: -S has one of two.
    raw_link.give(raw_link.scanner, "scan0", "10.89.1.9/24")
    return Wire(raw_link, tmp_path_factory.mktemp("probes"))


def told(probes):
    return "\n".join(f"{count} x " + " ".join(f"{name}={value}" for name, value in probe)
                     for probe, count in sorted(probes.items(), key=repr)) or "nothing"


def check(wire, program, family, argv, target):
    nmap = wire.of_nmap(family, argv, target)
    ours = wire.probes(program, family, argv, target)
    if target == NEIGHBOUR[family] and "-sn" not in argv:
        # 7.93 resolves anew for the ports what it has resolved to find the host.
        ours, nmap = (collections.Counter(set(probes)) for probes in (ours, nmap))
    assert ours == nmap, (f"{' '.join(argv)}\n--- only nmap:\n{told(nmap - ours)}\n"
                          f"--- only {program}:\n{told(ours - nmap)}")


# What is asked. Each: a name, the families, the options.

PORTS = "22,80,41000"
TCP_SCANS = ["-sS", "-sA", "-sW", "-sM", "-sN", "-sF", "-sX"]
SCANS = {
    **{scan[1:]: ((4, 6), ["-Pn", scan, "-p", PORTS]) for scan in TCP_SCANS},
    "sU": ((4, 6), ["-Pn", "-sU", "-p", "41000,41001"]),
    "sY": ((4, 6), ["-Pn", "-sY", "-p", PORTS]),
    "sZ": ((4, 6), ["-Pn", "-sZ", "-p", PORTS]),
    "sO": ((4,), ["-Pn", "-sO", "-p", "1,2,4,6,17,41,58,132,253"]),
    # 41, 44 and others are headers there, not protocols to ask for
    "sO_six": ((6,), ["-Pn", "-sO", "-p", "1,2,6,17,58,132,252"]),
    "several": ((4, 6), ["-Pn", "-sS", "-sU", "-sY", "-p", "T:80,U:41000,S:9"]),
}
PINGS = {
    "default": ((4, 6), []),
    "PE": ((4, 6), ["-PE"]), "PP": ((4,), ["-PP"]), "PM": ((4,), ["-PM"]),
    "PS": ((4, 6), ["-PS"]), "PS_ports": ((4, 6), ["-PS22,81-83"]),
    # 7.93 pings without payloads; ours has them (HD-13), but none for these ports.
    "PA": ((4, 6), ["-PA"]), "PU_ports": ((4, 6), ["-PU12000,12001"]),
    "PY": ((4, 6), ["-PY"]), "PO": ((4, 6), ["-PO"]), "PO_some": ((4, 6), ["-PO1,2,6,17,132,252"]),
    "all": ((4,), ["-PE", "-PP", "-PM", "-PS22", "-PA80", "-PU12000", "-PY9", "-PO2"]),
}
S, U, Y, E = ["-Pn", "-sS", "-p", "80"], ["-Pn", "-sU", "-p", "41000"], ["-Pn", "-sY", "-p", "80"], \
    ["-sn", "-PE"]
KINDS = {"tcp": S, "udp": U, "sctp": Y, "icmp": E, "timestamp": ["-sn", "-PP"]}
# Option -> families, and the kinds of probe that it is tried with.
OPTIONS = {
    "ttl": ((4, 6), "tcp udp sctp icmp", ["--ttl", "99"]),
    "badsum": ((4, 6), "tcp udp sctp icmp", ["--badsum"]),
    "data": ((4, 6), "tcp udp icmp", ["--data", "0xdeadbeef"]),
    "data_escaped": ((4,), "tcp", ["--data", "\\xCA\\xFE\\x09"]),
    "data_string": ((4, 6), "tcp udp icmp", ["--data-string", "hello there"]),
    "data_length": ((4, 6), "tcp udp icmp", ["--data-length", "25"]),
    "source_port": ((4, 6), "tcp udp sctp", ["-g", str(KNOWN_PORT)]),
    "f": ((4,), "tcp timestamp", ["-f"]),
    "ff": ((4,), "tcp", ["-f", "-f"]),
    "mtu": ((4,), "tcp", ["--mtu", "16"]),
    "mtu_with_data": ((4,), "tcp", ["--mtu", "24", "--data-length", "40"]),
    "f_with_decoys": ((4,), "tcp", ["-f", "-D", "10.89.1.5,ME"]),
    "decoys": ((4,), "tcp udp sctp icmp", ["-D", "10.89.1.5,ME,10.89.1.6"]),
    # A raw IPv6 socket of 7.93 does not send what has another's source.
    "decoys_six": ((6,), "tcp udp icmp", ["-D", "fd89:1::5,ME,fd89:1::6", "--send-eth"]),
    "random_decoys": ((4,), "tcp", ["-D", "RND:3"]),
    "record_route": ((4,), "tcp udp icmp", ["--ip-options", "R"]),
    "timestamps": ((4,), "tcp", ["--ip-options", "T"]),
    "route_and_timestamps": ((4,), "tcp", ["--ip-options", "U"]),
    "loose_route": ((4,), "tcp icmp", ["--ip-options", "L 10.89.1.2"]),
    "strict_route": ((4,), "tcp", ["--ip-options", "S 10.89.1.2"]),
    "option_bytes": ((4,), "tcp", ["--ip-options", "\\x01*3\\x00"]),
    "spoofed_mac": ((4, 6), "tcp udp icmp", ["--spoof-mac", "02:11:22:33:44:55"]),
    "spoofed_source": ((4,), "tcp icmp", ["-S", "10.89.1.9", "-e", "scan0"]),
    "adler32": ((4, 6), "sctp", ["--adler32"]),
}
# These choose a road, and may leave no trace in the packet.
ROADS = {
    "send_eth": ((4, 6), "tcp udp sctp icmp", ["--send-eth"]),
    "send_ip": ((4, 6), "tcp udp sctp icmp", ["--send-ip"]),
    "interface": ((4, 6), "tcp", ["-e", "scan0"]),
}
FLAGS = ["SYNFIN", "ALL", "NONE", "0xc2", "URGACKPSHRSTSYNFIN"]


def with_families(table, more):
    return [pytest.param(family, [*more, *argv], id=f"{family}-{name}")
            for name, (families, argv) in table.items() for family in families]


def with_options(table):
    return [pytest.param(family, KINDS[kind], option, id=f"{family}-{kind}-{name}")
            for name, (families, kinds, option) in table.items()
            for kind in kinds.split() for family in families]


@pytest.mark.parametrize("family, argv", with_families(SCANS, []))
def test_scans_send_the_same(wire, portolan, family, argv):
    check(wire, portolan, family, argv, TARGET[family])


@pytest.mark.parametrize("family, argv", with_families(PINGS, ["-sn"]))
def test_pings_send_the_same(wire, portolan, family, argv):
    check(wire, portolan, family, argv, TARGET[family])


@pytest.mark.parametrize("family, argv", [
    pytest.param(family, argv, id=f"{family}-{' '.join(argv)}") for family in (4, 6)
    for argv in (["-sn"], ["-sn", "--send-eth"], ["-Pn", "-p80"], ["-sn", "-PE", "--disable-arp-ping"],
                 ["-sn", "-PE", "--send-ip"], ["-sn", "--spoof-mac", "02:11:22:33:44:55"])])
def test_neighbours_are_asked_the_same(wire, portolan, family, argv):
    check(wire, portolan, family, argv, NEIGHBOUR[family])


@pytest.mark.parametrize("family, argv, option", with_options({**OPTIONS, **ROADS}))
def test_options_change_the_same(wire, portolan, family, argv, option):
    check(wire, portolan, family, [*option, *argv], TARGET[family])


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("scan", ["-sS", "-sF", "-sA"])
@pytest.mark.parametrize("flags", FLAGS)
def test_other_flags_are_the_same(wire, portolan, family, scan, flags):
    check(wire, portolan, family, ["-Pn", scan, "--scanflags", flags, "-p", "80"], TARGET[family])


@pytest.mark.parametrize("family, argv, option", with_options(OPTIONS))
def test_an_option_shows(wire, family, argv, option):
    """Were it masked away, the tests above would compare nothing."""
    assert wire.of_nmap(family, [*option, *argv], TARGET[family]) != \
        wire.of_nmap(family, argv, TARGET[family])


@pytest.mark.parametrize("program", ["nmap", "portolan"])
@pytest.mark.parametrize("family", [4, 6])
def test_a_port_with_a_payload_gets_it(wire, request, family, program):
    """What the payloads are is each program's own: not compared."""
    program = "/usr/bin/nmap" if program == "nmap" else request.getfixturevalue("portolan")
    argv = ["-Pn", "-sU", "-p", "53,123,161"]
    seen = wire.capture(program, family, argv, TARGET[family])
    payloads = collections.defaultdict(set)
    for packet in seen:
        if packet.protocol == packets.UDP:
            payloads[packet.dport].add(len(packet.data))
    assert set(payloads) == {53, 123, 161}
    assert all(max(lengths) > 0 for lengths in payloads.values())
