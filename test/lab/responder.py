"""A host, or any number of them, that answers by a table and not by a kernel:
what is said to a probe is the test's to decide, lies included.

    rules = {"10.89.2.10": {("tcp", 80): tcp("SA"), ("udp", 53): unreachable("port")}}
    with Responder(link.target, "wire0", rules, neighbours={"10.89.1.2": arp()}) as responder:
        ...scan...
    responder.seen      every Packet that came, in order

A probe's key is (transport, destination port), ("icmp", type), or ("ip", protocol
number), the most special first. A RST is never answered. An answer is a function of the probe which gives
[(delay in seconds, IP packet or whole frame)]; those below make all there are. What has no rule
is met with silence. `neighbours` says how ARP and neighbour discovery for an address are
answered; addresses of rules behind a router need only the router's."""
import heapq
import ipaddress
import itertools
import select
import socket
import struct
import threading
import time

import packets
from packets import ICMP, ICMP6, SCTP, TCP, UDP

MAC = bytes.fromhex("024c00000001")
ETH_P_ALL, PACKET_OUTGOING = 3, 4
TRANSPORTS = {TCP: "tcp", UDP: "udp", SCTP: "sctp"}
NS, NA = 135, 136

# Name of an unreachable or other error -> (type, code): IPv4, IPv6.
ERRORS = {
    "net": ((3, 0), (1, 0)), "host": ((3, 1), (1, 3)), "proto": ((3, 2), (4, 1)),
    "port": ((3, 3), (1, 4)), "net-prohibited": ((3, 9), None), "host-prohibited": ((3, 10), None),
    "admin": ((3, 13), (1, 1)), "frag-needed": ((3, 4), (2, 0)), "source-route": ((3, 5), None),
    "beyond-scope": (None, (1, 2)), "policy": (None, (1, 5)), "reject-route": (None, (1, 6)),
    "precedence": ((3, 15), None),
    "time": ((11, 0), (3, 0)), "reassembly": ((11, 1), (3, 1)), "quench": ((4, 0), None),
    "parameter": ((12, 0), (4, 0)),
}


class Frame(bytes):
    """An answer with its Ethernet header."""


# Answers. A keyword of None means what an honest host would say.

def nothing(probe):
    return []


def packet(probe, protocol, payload, source=None, ident=0x4242):
    return [(0, packets.ip(source or probe.to, probe.source, protocol, payload, ident=ident))]


def tcp(flags, window=0, ack=None, seq=None, sport=None, dport=None, source=None, options=b"",
        ident=lambda: 0x4242):
    """A segment back. Honest numbers are a kernel's: what it acknowledges is the
    probe, and a reset of a probe with an ACK has the sequence number it named."""
    def answer(probe):
        acknowledged = probe.seq + ("S" in probe.flags) + ("F" in probe.flags)
        honest_seq = probe.ack if flags == "R" and "A" in probe.flags else 0
        segment = packets.tcp(
            source or probe.to, probe.source, sport or probe.dport, dport or probe.sport,
            honest_seq if seq is None else seq,
            (acknowledged if "A" in flags else 0) if ack is None else ack(probe),
            flags, window, options)
        return packet(probe, TCP, segment, source, ident())
    return answer


def udp(data=b"here", sport=None, dport=None, source=None):
    def answer(probe):
        return packet(probe, UDP, packets.udp(source or probe.to, probe.source,
                                              sport or probe.dport, dport or probe.sport, data),
                      source)
    return answer


def sctp(kind, vtag=None, sport=None, dport=None, source=None):
    """INIT-ACK or ABORT, with the tag that the probe asked for."""
    def answer(probe):
        # An INIT carries the tag it wants back; to other chunks a host that knows
        # no association reflects theirs and says so by the T flag.
        asked = struct.unpack("!I", probe.chunks[4:8])[0] if probe.type == packets.INIT \
            else probe.vtag
        reflected = int(kind == packets.ABORT and probe.type != packets.INIT)
        body = struct.pack("!IIHHI", 0x01020304, 32768, 10, 10, 7) \
            if kind == packets.INIT_ACK else b""
        return packet(probe, SCTP,
                      packets.sctp(sport or probe.dport, dport or probe.sport,
                                   asked if vtag is None else vtag,
                                   packets.chunk(kind, reflected, body)), source)
    return answer


def reply(kind=None, icmp_id=None, icmp_seq=None, source=None, code=0):
    """An ICMP reply to an ICMP request, with its identifier, number and data."""
    def answer(probe):
        of_request = {8: 0, 13: 14, 17: 18, 128: 129}
        data = probe.data.ljust(12, b"\0") if probe.type == 13 else probe.data
        rest = struct.pack("!HH", probe.icmp_id if icmp_id is None else icmp_id,
                           probe.icmp_seq if icmp_seq is None else icmp_seq) + data
        message = packets.icmp(source or probe.to, probe.source,
                               of_request[probe.type] if kind is None else kind, code, rest)
        return packet(probe, probe.protocol, message, source)
    return answer


def error(name, source=None, edit=None, quoted_bytes=None):
    """An ICMP error of ERRORS about the probe. `edit` changes the quote (a bytearray
    of the IP packet), `source` says who sends it: the target where it is None."""
    def answer(probe):
        kind = ERRORS[name][probe.family == 6]
        quote = bytearray(probe.ip[:quoted_bytes or (1000 if probe.family == 6 else
                                                     len(probe.ip) - len(probe.payload) + 8)])
        if edit:
            edit(quote)
        sender = source[probe.family == 6] if source else probe.to
        # Behind a bad next header: where it stands in the quote.
        pointer = struct.pack("!I", 6 if (name, probe.family) == ("proto", 6) else 0)
        message = packets.icmp(sender, probe.source, *kind, pointer + bytes(quote))
        return packet(probe, ICMP6 if probe.family == 6 else ICMP, message, sender)
    return answer


def same_protocol(payload=b"\0" * 8, source=None):
    return lambda probe: packet(probe, probe.protocol, payload, source)


def arp(mac=MAC, address=None, operation=2):
    """Resolution, in both families: the probe's question answered with this MAC."""
    def answer(probe):
        if probe.family is None:
            frame = packets.arp(operation, mac, address or probe.to, probe.mac_from, probe.source)
            return [(0, Frame(packets.ethernet(probe.mac_from, mac, packets.ARP, frame)))]
        asked = ipaddress.IPv6Address(probe.data[:16]) if address is None \
            else ipaddress.IPv6Address(address)
        rest = struct.pack("!I", 0x60000000) + asked.packed + b"\2\1" + mac
        message = packets.icmp(str(asked), probe.source, NA, 0, rest)
        return [(0, Frame(packets.ethernet(probe.mac_from, mac, packets.IP6, packets.ip(
            str(asked), probe.source, ICMP6, message, ttl=255))))]
    return answer


# Answers made of answers.

def after(seconds, answer):
    return lambda probe: [(delay + seconds, one) for delay, one in answer(probe)]


def both(*answers):
    return lambda probe: [one for answer in answers for one in answer(probe)]


def twice(answer):
    return both(answer, answer)


def from_try(number, answer):
    """Silence until the probe comes for the number-th time."""
    count = itertools.count(1)
    return lambda probe: answer(probe) if next(count) >= number else []


class Responder:
    def __init__(self, namespace, link, rules, neighbours=None):
        with namespace.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                        socket.htons(ETH_P_ALL))
            self.socket.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE
            self.socket.bind((link, 0))
            # Any MAC is ours, and any multicast group.
            index = socket.if_nametoindex(link)
            self.socket.setsockopt(263, 1, struct.pack("iHH8s", index, 1, 0, b""))
        self.rules, self.neighbours = rules, neighbours or {}
        self.seen, self.late, self.number = [], [], itertools.count()
        self.over_read, self.over_write = socket.socketpair()
        self.failed = None
        self.thread = threading.Thread(target=self.run)

    # What a probe is answered with

    @staticmethod
    def keys(probe):
        if probe.protocol in (ICMP, ICMP6):
            yield "icmp", probe.type
        elif probe.protocol in TRANSPORTS:
            yield TRANSPORTS[probe.protocol], probe.dport
        yield "ip", probe.protocol

    def resolution(self, probe):
        """The address whose MAC the probe asks for, if it does."""
        if probe.family is None:
            return probe.to if probe.type == 1 else None
        if probe.protocol == ICMP6 and probe.type == NS:
            return str(ipaddress.IPv6Address(probe.data[:16]))
        return None

    def answers(self, probe):
        if (asked := self.resolution(probe)) is not None:
            return self.neighbours.get(asked, nothing)(probe)
        if probe.flags and "R" in probe.flags:
            return []  # the scanner's kernel, on what it knows nothing of: an answer would go on for ever
        rules = self.rules.get(probe.to, {})
        return next((rules[key](probe) for key in self.keys(probe) if key in rules), [])

    # Receiving and sending

    def send(self, probe, answer):
        if not isinstance(answer, Frame):
            answer = packets.ethernet(probe.mac_from, MAC,
                                      packets.IP6 if answer[0] >> 4 == 6 else packets.IP4, answer)
        self.socket.send(answer)

    def take(self, frame, kind):
        probe = packets.read(frame)
        if probe is None or kind == PACKET_OUTGOING:
            return
        self.seen.append(probe)
        for delay, answer in self.answers(probe):
            if delay:
                heapq.heappush(self.late, (time.monotonic() + delay, next(self.number),
                                           probe, answer))
            else:
                self.send(probe, answer)

    def send_late(self):
        """Sends what is due; gives how long the next has to wait."""
        while self.late:
            wait = self.late[0][0] - time.monotonic()
            if wait > 0:
                return wait
            _, _, probe, answer = heapq.heappop(self.late)
            self.send(probe, answer)
        return None

    def run(self):
        try:
            while True:
                ready, _, _ = select.select([self.socket, self.over_read], [], [],
                                            self.send_late())
                if self.socket in ready:
                    frame, address = self.socket.recvfrom(65536)
                    self.take(frame, address[2])
                elif ready:
                    return
        except Exception as error:  # told by whoever waits for the thread
            self.failed = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over_write.send(b"x")
        self.thread.join()
        for one in (self.socket, self.over_read, self.over_write):
            one.close()
        if self.failed:
            raise self.failed
