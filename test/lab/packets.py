"""Headers, read and made: what the scripted responder and the tests of probes
need, with nothing of ours or of a library between them and the wire.

Addresses are text, numbers are numbers, TCP flags are letters in the order of
FLAGS ("SA" is SYN and ACK)."""
import dataclasses
import ipaddress
import struct
import zlib

ARP, IP4, IP6 = 0x0806, 0x0800, 0x86dd
ICMP, IGMP, TCP, UDP, ICMP6, SCTP = 1, 2, 6, 17, 58, 132
FLAGS = "FSRPAUEC"
INIT, INIT_ACK, ABORT, COOKIE_ECHO = 1, 2, 6, 10


@dataclasses.dataclass
class Packet:
    """One frame that was received. What its protocols do not have is None."""
    mac_to: bytes
    mac_from: bytes
    family: int = None       # 4 or 6; None: ARP
    source: str = None
    to: str = None
    protocol: int = None
    ttl: int = None
    tos: int = None
    ident: int = None        # IPv4: identification; IPv6: flow label
    dont_fragment: bool = None
    more: bool = None        # fragments follow
    offset: int = None       # of this fragment, bytes
    ip_options: bytes = None
    ip: bytes = None         # the whole IP packet
    payload: bytes = None    # all behind the IP header
    sport: int = None
    dport: int = None
    seq: int = None
    ack: int = None
    flags: str = None
    window: int = None
    tcp_options: bytes = None
    vtag: int = None
    chunks: bytes = None     # SCTP
    type: int = None         # ICMP, ICMPv6; ARP: the operation
    code: int = None
    icmp_id: int = None
    icmp_seq: int = None
    data: bytes = None
    checksum_good: bool = None


# Checksums

def internet_sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo(source, to, protocol, length):
    one, other = ipaddress.ip_address(source).packed, ipaddress.ip_address(to).packed
    if len(one) == 4:
        return one + other + struct.pack("!BBH", 0, protocol, length)
    return one + other + struct.pack("!IHBB", length, 0, 0, protocol)


def crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
        table.append(value)
    return table


CRC32C = crc32c_table()


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 255] ^ crc >> 8
    return struct.pack("<I", crc ^ 0xffffffff)


def adler32(data):
    return struct.pack("!I", zlib.adler32(data))


# Reading

def flag_letters(bits):
    return "".join(letter for at, letter in enumerate(FLAGS) if bits & 1 << at)


def read_tcp(found, data):
    (found.sport, found.dport, found.seq, found.ack, offset, flags, found.window, _, _) = \
        struct.unpack("!HHIIBBHHH", data[:20])
    found.flags = flag_letters(flags)
    found.tcp_options, found.data = data[20:(offset >> 4) * 4], data[(offset >> 4) * 4:]


def read_udp(found, data):
    found.sport, found.dport, length, checksum = struct.unpack("!HHHH", data[:8])
    found.data = data[8:length]
    if found.family == 4 and checksum == 0:
        found.checksum_good = True


def read_sctp(found, data):
    found.sport, found.dport, found.vtag = struct.unpack("!HHI", data[:8])
    found.chunks = data[12:]
    found.type = data[12] if len(data) > 12 else None
    found.checksum_good = crc32c(data[:8] + bytes(4) + data[12:]) == data[8:12]


def read_icmp(found, data):
    found.type, found.code, _, found.icmp_id, found.icmp_seq = struct.unpack("!BBHHH", data[:8])
    found.data = data[8:]


READERS = {TCP: (read_tcp, 20), UDP: (read_udp, 8), SCTP: (read_sctp, 12),
           ICMP: (read_icmp, 8), ICMP6: (read_icmp, 8)}


def read_payload(found):
    """What is behind the IP header; a later fragment is left alone."""
    reader, least = READERS.get(found.protocol, (None, 0))
    if not reader or found.offset or len(found.payload) < least:
        return
    if found.protocol == ICMP:
        found.checksum_good = internet_sum(found.payload) == 0
    elif found.protocol != SCTP:
        found.checksum_good = internet_sum(
            pseudo(found.source, found.to, found.protocol, len(found.payload)) +
            found.payload) == 0
    reader(found, found.payload)


def read_ip4(found, data):
    bytes_of_header = (data[0] & 15) * 4
    found.tos, length, found.ident, fragment, found.ttl, found.protocol = \
        struct.unpack("!BHHHBB", data[1:10])
    found.family, found.ip = 4, data[:length]
    found.dont_fragment, found.more = bool(fragment & 0x4000), bool(fragment & 0x2000)
    found.offset = (fragment & 0x1fff) * 8
    found.source, found.to = (str(ipaddress.IPv4Address(data[at:at + 4])) for at in (12, 16))
    found.ip_options, found.payload = data[20:bytes_of_header], data[bytes_of_header:length]


def read_ip6(found, data):
    first, length, found.protocol, found.ttl = struct.unpack("!IHBB", data[:8])
    found.family, found.ip = 6, data[:40 + length]
    found.tos, found.ident = first >> 20 & 255, first & 0xfffff
    found.source, found.to = (str(ipaddress.IPv6Address(data[at:at + 16])) for at in (8, 24))
    found.payload = data[40:40 + length]


def read(frame):
    """The Packet of an Ethernet frame; None for what is neither ARP nor IP."""
    found = Packet(frame[:6], frame[6:12])
    ether_type, data = int.from_bytes(frame[12:14], "big"), frame[14:]
    if ether_type == ARP and len(data) >= 28:
        found.type = int.from_bytes(data[6:8], "big")
        found.source, found.to = (str(ipaddress.IPv4Address(data[at:at + 4])) for at in (14, 24))
        found.payload = data[:28]
        return found
    if ether_type == IP4 and len(data) >= 20:
        read_ip4(found, data)
    elif ether_type == IP6 and len(data) >= 40:
        read_ip6(found, data)
    else:
        return None
    read_payload(found)
    return found


# Making

def ethernet(to, source, ether_type, payload):
    return to + source + struct.pack("!H", ether_type) + payload


def arp(operation, mac, address, to_mac, to_address):
    return (struct.pack("!HHBBH", 1, IP4, 6, 4, operation) +
            mac + ipaddress.IPv4Address(address).packed +
            to_mac + ipaddress.IPv4Address(to_address).packed)


def ip(source, to, protocol, payload, ttl=64, ident=0x4242):
    one, other = ipaddress.ip_address(source), ipaddress.ip_address(to)
    if one.version == 6:
        return (struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl) +
                one.packed + other.packed + payload)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident, 0, ttl, protocol, 0)
    checksum = internet_sum(header + one.packed + other.packed)
    return header[:10] + struct.pack("!H", checksum) + one.packed + other.packed + payload


def summed(source, to, protocol, payload, at):
    """The payload with its Internet checksum, which is at `at`."""
    checksum = internet_sum(pseudo(source, to, protocol, len(payload)) + payload)
    return payload[:at] + struct.pack("!H", checksum) + payload[at + 2:]


def tcp(source, to, sport, dport, seq, ack, flags, window=0, options=b"", data=b""):
    bits = sum(1 << FLAGS.index(letter) for letter in flags)
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xffffffff, ack & 0xffffffff,
                          (20 + len(options)) // 4 << 4, bits, window, 0, 0) + options + data
    return summed(source, to, TCP, segment, 16)


def udp(source, to, sport, dport, data):
    datagram = struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data
    return summed(source, to, UDP, datagram, 6)


def sctp(sport, dport, vtag, chunks):
    packet = struct.pack("!HHII", sport, dport, vtag, 0) + chunks
    return packet[:8] + crc32c(packet) + packet[12:]


def chunk(kind, flags=0, body=b""):
    return struct.pack("!BBH", kind, flags, 4 + len(body)) + body + b"\0" * (-len(body) % 4)


def icmp(source, to, kind, code, rest):
    """`rest` is all behind the checksum."""
    message = struct.pack("!BBH", kind, code, 0) + rest
    if ":" in source:
        return summed(source, to, ICMP6, message, 2)
    return message[:2] + struct.pack("!H", internet_sum(message)) + message[4:]
