"""The table of test_raw_matrix.py: what a probe is answered with, and what a
scan has to make of it. The numbers are features.md, sections 2 and 3; expectations are
what Nmap 7.93 was measured to say, but where a row names `nmap`: there the specification (or
the cookie, which Nmap has only with -g) wants something else of us.

Expectations are text: "SNFXM closed reset; A unfiltered reset" is a state and a
reason for the techniques of these letters, "*" for all. Who is not named hears silence."""
import dataclasses

from packets import ABORT, INIT_ACK
from responder import (ERRORS, after, both, error, from_try, nothing, reply, same_protocol, sctp,
                       tcp, twice, udp)

ROUTER = ("10.89.1.2", "fd89:1::2")
STRANGER = {4: "10.89.2.250", 6: "fd89:2::250"}

TCP, ALL = "SAWMNFX", "SAWMNFXUYZ"
SILENCE = {**dict.fromkeys("SAWY", ("filtered", "no-response")),
           **dict.fromkeys("MNFXUZO", ("open|filtered", "no-response"))}
DOWN = ("down", "no-response")


@dataclasses.dataclass
class Row:
    name: str
    answer: object
    says: str = ""
    on: str = TCP            # letters of the techniques it is tried with
    nmap: str = None         # where Nmap 7.93 says something else
    also: str = ""           # what would be as right
    families: tuple = (4, 6)

    def expected(self, letter, is_nmap, silence):
        text = self.nmap if is_nmap and self.nmap is not None else self.says
        wanted = {verdict_for(text, letter) or silence}
        if self.also and not is_nmap:
            wanted.add(verdict_for(self.also, letter) or silence)
        return wanted


def verdict_for(text, letter):
    for piece in filter(None, text.split(";")):
        letters, state, reason = piece.split()
        if letter in letters or letters == "*":
            return state, reason
    return None


# What an error's name is as a reason.
REASONS = {"net": ("net-unreach", "no-route"), "host": ("host-unreach", "host-unreach"),
           "proto": ("proto-unreach", "param-problem"), "port": ("port-unreach", "port-unreach"),
           "net-prohibited": ("net-prohibited", None),
           "host-prohibited": ("host-prohibited", None),
           "admin": ("admin-prohibited", "admin-prohibited"),
           "beyond-scope": (None, "beyond-scope"), "policy": (None, "admin-prohibited"),
           "reject-route": (None, "reject-route"),
           "time": ("time-exceeded", "time-exceeded"),
           "reassembly": ("time-exceeded", "time-exceeded")}
TIME = ("time", "reassembly")


def error_says(name, at, from_target):
    """SC-02, SC-13, V6-04."""
    reason = REASONS.get(name, (None, None))[at]
    if name == "parameter":
        return "* open param-problem" if at else ""
    if reason is None:
        return ""
    own = {"port": "U closed {0}; O open {0};", "proto": "O closed {0};"}
    return (own.get(name, "") if from_target else "").format(reason) + f"* filtered {reason}"


def error_rows():
    for name, kinds in ERRORS.items():
        for who, source in (("target", None), ("router", ROUTER)):
            for family in (4, 6):
                at = int(family == 6)
                if kinds[at]:
                    # 7.93 does not know ICMPv6's time exceeded in port scans.
                    yield Row(f"{name}-from-{who}", error(name, source=source),
                              error_says(name, at, who == "target"), ALL + "O",
                              nmap="" if at and name in TIME else None, families=(family,))


# Quotes that are not of our probe: only addresses, ports and cookie are looked at.

def changed(offset, value=None):
    """Changes bytes of the quoted packet, counted from behind its IP header (a
    negative offset: from the end of the header, which is its destination)."""
    def edit(quote):
        at = (20 if quote[0] >> 4 == 4 else 40) + offset
        quote[at:at + len(value or b"x")] = value or bytes([quote[at] ^ 0x55])
    return edit


def quote_rows():
    for name, edit, on in (("dport", changed(2, b"\xfa\xce"), ALL), ("sport", changed(0, b"\0\7"), ALL),
                           ("cookie", changed(4), "SAWMNFXZ"), ("destination", changed(-1), ALL + "O")):
        yield Row(f"quote-of-another-{name}", error("admin", edit=edit), "", on)
    yield Row("quote-without-ports", error("admin", quoted_bytes=24), "", ALL)


RESET = "SWMNFX closed reset; A unfiltered reset"
OPEN = "S open syn-ack"
ADMIN = error("admin", source=ROUTER)

TCP_ROWS = [
    Row("syn-ack", tcp("SA"), OPEN),
    Row("syn", tcp("S"), "S open split-handshake-syn"),
    Row("reset-ack", tcp("RA"), RESET),
    Row("reset", tcp("R"), RESET),
    Row("reset-with-window", tcp("R", window=1024),
        "W open reset; SMNFX closed reset; A unfiltered reset"),
    Row("reset-ack-with-window", tcp("RA", window=512),
        "W open reset; SMNFX closed reset; A unfiltered reset"),
    Row("syn-ack-ece", tcp("SAE"), OPEN),
    Row("syn-ack-window-zero-no-options", tcp("SA", window=0), OPEN),
    Row("syn-ack-with-options", tcp("SA", window=65535, options=b"\2\4\5\xb4"), OPEN),
    Row("syn-reset", tcp("SR"), RESET),
    Row("ack", tcp("A")), Row("fin", tcp("F")), Row("fin-ack", tcp("FA")), Row("null", tcp("")),
    Row("data", tcp("PA")),
    # SC-22: of another's probe, or made up
    Row("syn-ack-of-another-ack", tcp("SA", ack=lambda probe: probe.seq + 77), "", nmap=OPEN),
    Row("reset-ack-of-another-ack", tcp("RA", ack=lambda probe: probe.seq + 77), "", "SMNFX",
        nmap=RESET),
    Row("syn-ack-from-another-port", tcp("SA", sport=9)),
    Row("syn-ack-to-another-port", tcp("SA", dport=9)),
    Row("syn-ack-from-a-stranger", lambda probe: tcp("SA", source=STRANGER[probe.family])(probe)),
    Row("reset-from-a-stranger", lambda probe: tcp("RA", source=STRANGER[probe.family])(probe)),
    # more than one answer, and late ones
    Row("syn-ack-late", after(0.4, tcp("SA")), OPEN),
    Row("syn-ack-twice", twice(tcp("SA")), OPEN),
    Row("reset-twice", twice(tcp("RA")), RESET),
    Row("syn-ack-at-the-second-try", lambda: from_try(2, tcp("SA")), OPEN),
    Row("reset-at-the-second-try", lambda: from_try(2, tcp("RA")), RESET),
    Row("syn-ack-then-reset", both(tcp("SA"), tcp("RA")),
        "S open syn-ack; A unfiltered reset; WMNFX closed reset"),
    Row("reset-then-syn-ack", both(tcp("RA"), tcp("SA")), RESET, also=OPEN, on="S"),
    Row("syn-ack-then-prohibited", both(tcp("SA"), ADMIN),
        "S open syn-ack; * filtered admin-prohibited"),
    # SC-21 lets open (closed) take the place of filtered where silence does not mean open; Nmap
    # has forgotten the probe by then.
    Row("prohibited-then-syn-ack", both(ADMIN, tcp("SA")), "* filtered admin-prohibited", "S",
        also=OPEN),
    Row("reset-then-prohibited", both(tcp("RA"), ADMIN), RESET),
    Row("prohibited-then-reset", both(ADMIN, tcp("RA")), "* filtered admin-prohibited", also=RESET),
]

UDP_ROWS = [
    Row("datagram", udp(), "U open udp-response", "U"),
    Row("empty-datagram", udp(b""), "U open udp-response", "U"),
    Row("from-another-port", udp(sport=9), "", "U"),
    Row("to-another-port", udp(dport=9), "", "U"),
    Row("from-a-stranger", lambda probe: udp(source=STRANGER[probe.family])(probe), "", "U"),
    Row("datagram-late", after(0.4, udp()), "U open udp-response", "U"),
    Row("datagram-twice", twice(udp()), "U open udp-response", "U"),
    Row("datagram-at-the-second-try", lambda: from_try(2, udp()), "U open udp-response", "U"),
    Row("datagram-then-port-unreachable", both(udp(), error("port")), "U open udp-response", "U"),
    Row("port-unreachable-then-datagram", both(error("port"), udp()), "U closed port-unreach", "U",
        also="U open udp-response"),
    Row("prohibited-then-datagram", both(ADMIN, udp()), "U filtered admin-prohibited", "U",
        also="U open udp-response"),
    Row("datagram-then-prohibited", both(udp(), ADMIN), "U open udp-response", "U"),
    Row("prohibited-then-port-unreachable", both(ADMIN, error("port")),
        "U filtered admin-prohibited", "U", also="U closed port-unreach"),
]

ABORTED = "YZ closed abort"
SCTP_ROWS = [
    Row("init-ack", sctp(INIT_ACK), "Y open init-ack", "YZ"),
    Row("abort", sctp(ABORT), ABORTED, "YZ"),
    Row("init-ack-with-another-tag", sctp(INIT_ACK, vtag=5), "", "YZ", nmap="Y open init-ack"),
    Row("abort-with-another-tag", sctp(ABORT, vtag=5), "", "YZ", nmap=ABORTED),
    Row("init-ack-from-another-port", sctp(INIT_ACK, sport=9), "", "YZ"),
    Row("init-ack-to-another-port", sctp(INIT_ACK, dport=9), "", "YZ"),
    Row("abort-from-a-stranger",
        lambda probe: sctp(ABORT, source=STRANGER[probe.family])(probe), "", "YZ"),
    Row("cookie-ack", sctp(11), "", "YZ"),
    Row("shutdown-ack", sctp(8), "", "YZ"),
    Row("init-ack-then-abort", both(sctp(INIT_ACK), sctp(ABORT)), "Y open init-ack; Z closed abort", "YZ"),
    Row("abort-then-init-ack", both(sctp(ABORT), sctp(INIT_ACK)), ABORTED, "YZ",
        also="Y open init-ack; Z closed abort"),
    Row("abort-late", after(0.4, sctp(ABORT)), ABORTED, "YZ"),
    Row("abort-twice", twice(sctp(ABORT)), ABORTED, "YZ"),
    Row("abort-at-the-second-try", lambda: from_try(2, sctp(ABORT)), ABORTED, "YZ"),
    Row("prohibited-then-abort", both(ADMIN, sctp(ABORT)), "* filtered admin-prohibited", "YZ",
        also=ABORTED),
]

SPOKEN = "O open proto-response"
PROTOCOL_ROWS = [
    # 7.93 takes what follows an IPv6 header it does not know for one more header.
    Row("same-protocol", same_protocol(), SPOKEN, "O", families=(4,)),
    Row("same-protocol", same_protocol(), SPOKEN, "O", nmap="", families=(6,)),
    Row("same-protocol-late", after(0.4, same_protocol()), SPOKEN, "O", families=(4,)),
    Row("same-protocol-twice", twice(same_protocol()), SPOKEN, "O", families=(4,)),
    Row("same-protocol-at-the-second-try", lambda: from_try(2, same_protocol()), SPOKEN, "O",
        families=(4,)),
    Row("same-protocol-from-a-stranger",
        lambda probe: same_protocol(source=STRANGER[probe.family])(probe), "", "O"),
    Row("port-unreachable-then-same", both(error("port"), same_protocol()),
        "O open port-unreach", "O", also=SPOKEN),
    Row("protocol-unreachable-then-same", both(error("proto"), same_protocol()),
        "O closed proto-unreach", "O", also=SPOKEN, families=(4,)),
    Row("protocol-unreachable-then-same", both(error("proto"), same_protocol()),
        "O closed param-problem", "O", also=SPOKEN, families=(6,)),
]

PORT_ROWS = [Row("silence", nothing, "", ALL + "O"), *error_rows(), *quote_rows(), *TCP_ROWS,
             *UDP_ROWS, *SCTP_ROWS, *PROTOCOL_ROWS]

# Discovery: the letters are those of -P, with ! for --discovery-ignore-rst (s, a).

PINGS = "EPMSAUYOsa"
PING_OPTIONS = {"E": ["-PE"], "P": ["-PP"], "M": ["-PM"], "S": ["-PS80"], "A": ["-PA80"],
                "U": ["-PU40125"], "Y": ["-PY80"], "O": ["-PO253"],
                "s": ["-PS80", "--discovery-ignore-rst"], "a": ["-PA80", "--discovery-ignore-rst"]}
PING_KEYS = {4: {"E": ("icmp", 8), "P": ("icmp", 13), "M": ("icmp", 17)}, 6: {"E": ("icmp", 128)}}
PING_KEYS_BOTH = {"S": ("tcp", 80), "A": ("tcp", 80), "s": ("tcp", 80), "a": ("tcp", 80),
                  "U": ("udp", 40125), "Y": ("sctp", 80), "O": ("ip", 253)}


def ping_error_rows():
    """HD-17. What is no unreachable of the target itself leaves the host unknown, which ends as down."""
    for name, kinds in ERRORS.items():
        for who, source in (("target", None), ("router", ROUTER)):
            for family in (4, 6):
                at = int(family == 6)
                if not kinds[at]:
                    continue
                says, nmap, also = "", None, ""
                if who == "target" and name in ("port", "proto"):
                    says = f"* up {REASONS[name][at]}"
                    if at:  # 7.93 does not match quotes of bare protocols, nor headers it does not know
                        nmap = f"EPMSAUYsa up {REASONS[name][at]}" if name == "port" else ""
                        also = "* down no-response" if name == "proto" else ""
                elif name in TIME:
                    says = "* down time-exceeded"
                    nmap = "EPMSAUYsa down time-exceeded" if at else None
                elif (who, name, at) == ("target", "parameter", 1):
                    also = "* up param-problem"  # it read the header, so it is there
                yield Row(f"{name}-from-{who}", error(name, source=source), says, PINGS, nmap, also,
                          families=(family,))


REPLIED = "E up echo-reply; P up timestamp-reply; M up addressmask-reply"
UP_RESET = "SA up reset"
PING_ROWS = [
    Row("silence", nothing, "", PINGS), *ping_error_rows(),
    Row("reply", reply(), REPLIED, "EPM"),
    Row("reply-with-another-id", lambda probe: reply(icmp_id=probe.icmp_id ^ 0x5a5a)(probe), "",
        "EPM"),
    Row("reply-with-another-code", reply(code=5), REPLIED, "EPM"),
    Row("reply-from-a-stranger", lambda probe: reply(source=STRANGER[probe.family])(probe), "",
        "EPM"),
    Row("reply-late", after(0.4, reply()), REPLIED, "EPM"),
    Row("reply-twice", twice(reply()), REPLIED, "EPM"),
    Row("reply-at-the-second-try", lambda: from_try(2, reply()), REPLIED, "EPM"),
    Row("reply-to-another-question", reply(kind=14), "", "EM"),
    Row("prohibited-then-reply", both(ADMIN, reply()), REPLIED, "EPM"),
    Row("syn-ack", tcp("SA"), "Ss up syn-ack", "SAsa"),
    # HD-11 names SYN/ACK and RST only, but who sends a SYN is there.
    Row("syn", tcp("S"), "", "SAsa", also="Ss up split-handshake-syn"),
    Row("reset-ack", tcp("RA"), UP_RESET, "SAsa"),
    Row("reset", tcp("R"), UP_RESET, "SAsa"),
    Row("ack", tcp("A"), "", "SAsa"),
    Row("syn-ack-of-another-ack", tcp("SA", ack=lambda probe: probe.seq + 77), "", "Ss",
        nmap="Ss up syn-ack"),
    Row("syn-ack-from-another-port", tcp("SA", sport=9), "", "SAsa"),
    Row("syn-ack-to-another-port", tcp("SA", dport=9), "", "SAsa"),
    Row("reset-from-a-stranger", lambda probe: tcp("RA", source=STRANGER[probe.family])(probe), "",
        "SAsa"),
    Row("reset-late", after(0.4, tcp("RA")), UP_RESET, "SA"),
    Row("reset-at-the-second-try", lambda: from_try(2, tcp("RA")), UP_RESET, "SA"),
    Row("reset-then-syn-ack", both(tcp("RA"), tcp("SA")), "s up syn-ack; S up reset", "Ss"),
    Row("prohibited-then-reset", both(ADMIN, tcp("RA")), UP_RESET, "SAsa"),
    # 7.93 hears no answer to these over IPv6.
    Row("datagram", udp(), "U up udp-response", "U", families=(4,)),
    Row("datagram", udp(), "U up udp-response", "U", nmap="", families=(6,)),
    Row("datagram-from-another-port", udp(sport=9), "", "U"),
    Row("datagram-to-another-port", udp(dport=9), "", "U"),
    Row("port-unreachable-then-datagram", both(error("port"), udp()), "U up port-unreach", "U"),
    Row("init-ack", sctp(INIT_ACK), "Y up init-ack", "Y", families=(4,)),
    Row("init-ack", sctp(INIT_ACK), "Y up init-ack", "Y", nmap="", families=(6,)),
    Row("abort", sctp(ABORT), "Y up abort", "Y", families=(4,)),
    Row("abort", sctp(ABORT), "Y up abort", "Y", nmap="", families=(6,)),
    Row("abort-with-another-tag", sctp(ABORT, vtag=5), "", "Y", nmap="Y up abort", families=(4,)),
    Row("abort-from-another-port", sctp(ABORT, sport=9), "", "Y"),
    Row("same-protocol", same_protocol(), "O up proto-response", "O", families=(4,)),
    Row("same-protocol", same_protocol(), "O up proto-response", "O", nmap="", families=(6,)),
    Row("same-protocol-from-a-stranger",
        lambda probe: same_protocol(source=STRANGER[probe.family])(probe), "", "O"),
]
