"""Host discovery and what surrounds the raw scans: neighbours, order and number of
probes, several scans at once (features.md sections 2 and 3)."""
import collections
import itertools
import xml.etree.ElementTree as tree

import pytest

from raw_rows import ROUTER
from responder import MAC, after, arp, both, error, from_try, nothing, reply, sctp, tcp, twice

TARGET = {4: "10.89.2.10", 6: "fd89:2::10"}
NEIGHBOUR = {4: "10.89.1.{}", 6: "fd89:1::{}"}
REASON = {4: "arp-response", 6: "nd-response"}
VENDOR_MAC, OTHER_MAC = bytes.fromhex("00000c123456"), bytes.fromhex("024c00000099")
SIX = {4: [], 6: ["-6"]}
QUICK = ["-T5", "--max-retries", "1"]


def neighbour_answers(family):
    """Name -> how it resolves, and whether it is up."""
    return {
        "honest": (arp(), True), "silent": (nothing, False), "late": (after(0.12, arp()), True),
        "twice": (twice(arp()), True), "second": (from_try(2, arp()), True),
        "of_another": (arp(address=NEIGHBOUR[family].format(77)), False),
        # An ARP request is no answer to one, whoever sends it.
        "question": (arp(operation=1), family == 6),
        "vendor": (arp(mac=VENDOR_MAC), True),
        "two_macs": (both(arp(), arp(mac=OTHER_MAC)), True),
    }


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("options", [["-sn"], ["-sn", "-PE"], ["-sn", "-PS80", "-PU"]])
def test_a_neighbour_is_up_when_it_resolves(raw, family, options):
    """HD-04: on the link address resolution replaces all other ways."""
    answers = neighbour_answers(family)
    addresses = {name: NEIGHBOUR[family].format(20 + at) for at, name in enumerate(answers)}
    seen = raw({}, "-v", *options, *SIX[family], *addresses.values(),
               neighbours={addresses[name]: answer for name, (answer, _) in answers.items()})
    wanted = {addresses[name]: ("up", REASON[family]) if up else ("down", "no-response")
              for name, (_, up) in answers.items()}
    assert {host.address: (host.state, host.reason) for host in seen.hosts.values()} == wanted
    assert not [packet for address in wanted for packet in seen.probes_to(address)
                if packet.protocol != 58]


def macs(xml):
    found = {}
    for host in tree.fromstring(xml).findall("host"):
        of_kind = {one.get("addrtype"): one.get("addr") for one in host.findall("address")}
        found[of_kind.get("ipv4") or of_kind.get("ipv6")] = of_kind.get("mac")
    return found


def vendors(xml):
    return {one.get("addr"): one.get("vendor") for one in tree.fromstring(xml).iter("address")
            if one.get("addrtype") == "mac"}


@pytest.mark.parametrize("family", [4, 6])
def test_a_neighbours_mac_is_told(raw, family):
    """HD-27."""
    one, other, silent = (NEIGHBOUR[family].format(number) for number in (20, 21, 22))
    seen = raw({}, "-sn", "-v", *SIX[family], one, other, silent,
               neighbours={one: arp(), other: arp(mac=VENDOR_MAC)})
    assert macs(seen.xml) == {one: MAC.hex(":").upper(), other: VENDOR_MAC.hex(":").upper(),
                              silent: None}
    assert vendors(seen.xml) == {MAC.hex(":").upper(): None, VENDOR_MAC.hex(":").upper(): "Cisco Systems"}


def test_a_data_folder_has_names_of_its_own(raw, tmp_path):
    """DF-04, EV-10."""
    (tmp_path / "nmap-mac-prefixes").write_text("00000C Harbour\nodd\n00000c123 Small & Sons\n")
    one, other = (NEIGHBOUR[4].format(number) for number in (20, 21))
    seen = raw({}, "-sn", "--datadir", str(tmp_path), "--spoof-mac", "SMALL", one, other,
               neighbours={one: arp(), other: arp(mac=VENDOR_MAC)})
    assert vendors(seen.xml) == {MAC.hex(":").upper(): None, VENDOR_MAC.hex(":").upper(): "Small & Sons"}
    assert "nmap-mac-prefixes, line 2" in seen.stderr


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("option, silent, honest", [
    (None, ("down", "no-response"), None),
    ("--disable-arp-ping", ("up", "user-set"), ("up", "user-set")),
    ("--send-ip", ("up", "user-set"), ("up", "user-set"))])
def test_no_ping_still_resolves_neighbours(raw, family, option, silent, honest):
    """HD-09."""
    gone, there = (NEIGHBOUR[family].format(number) for number in (30, 31))
    seen = raw({there: {("tcp", 80): tcp("SA")}}, "-v", "-Pn", "-p80", *QUICK, *SIX[family],
               *([option] if option else []), gone, there, neighbours={there: arp()})
    hosts = seen.hosts
    assert (hosts[gone].state, hosts[gone].reason) == silent
    assert (hosts[there].state, hosts[there].reason) == (honest or ("up", REASON[family]))
    assert hosts[there].ports == {("tcp", 80): "open"}
    if option:
        assert hosts[gone].ports == {("tcp", 80): "filtered"}


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("option", ["--disable-arp-ping", "--send-ip"])
def test_neighbours_can_be_asked_as_others_are(raw, family, option):
    """HD-18, EV-13."""
    there = NEIGHBOUR[family].format(32)
    seen = raw({there: {("icmp", 8): reply(), ("icmp", 128): reply()}}, "-v", "-sn", "-PE", option,
               *SIX[family], there, neighbours={there: arp()})
    assert (seen.hosts[there].state, seen.hosts[there].reason) == ("up", "echo-reply")


@pytest.mark.parametrize("address, family", [("127.0.0.1", 4), ("10.89.1.1", 4), ("::1", 6),
                                             ("fd89:1::1", 6)])
def test_the_scanner_itself_is_up_unasked(raw, address, family):
    """HD-05."""
    seen = raw({}, "-v", "-sn", *SIX[family], address)
    assert (seen.hosts[address].state, seen.hosts[address].reason) == ("up", "localhost-response")
    assert not seen.seen


@pytest.mark.parametrize("family", [4, 6])
def test_a_list_sends_nothing(raw, family):
    """HD-07."""
    seen = raw({}, "-sL", *SIX[family], TARGET[family])
    assert seen.hosts[TARGET[family]].state == "unknown"
    assert not seen.seen


@pytest.mark.parametrize("family", [4, 6])
def test_no_ping_sends_only_what_the_scan_asks(raw, family):
    """HD-09, where the target is no neighbour."""
    seen = raw({TARGET[family]: {("tcp", 80): tcp("SA")}}, "-Pn", "-p80", *SIX[family],
               TARGET[family])
    host = seen.hosts[TARGET[family]]
    assert (host.state, host.reason, host.ports) == ("up", "user-set", {("tcp", 80): "open"})
    assert [(packet.protocol, packet.dport) for packet in seen.probes_to(TARGET[family])] == [(6, 80)]


# Order and number of probes

def shapes(packets):
    return [(packet.protocol, packet.type if packet.protocol in (1, 58) else packet.dport,
             packet.flags) for packet in packets]


DEFAULT = {4: [(1, 8, None), (6, 443, "S"), (6, 80, "A"), (1, 13, None)],
           6: [(58, 128, None), (6, 443, "S"), (6, 80, "A")]}
CHOSEN = {4: ["-PM", "-PO2,17", "-PY9,10", "-PU41000,53", "-PP", "-PA81,80", "-PS81,22", "-PE"],
          6: ["-PO2,17", "-PY9,10", "-PU41000,53", "-PA81,80", "-PS81,22", "-PE"]}
TCP_ORDER = [(6, 22, "S"), (6, 81, "S"), (6, 80, "A"), (6, 81, "A")]
REST = [(17, 53, None), (17, 41000, None), (132, 9, None), (132, 10, None)]
CHOSEN_ORDER = {
    4: [(1, 8, None), *TCP_ORDER, (1, 13, None), *REST, (2, None, None), (17, 40125, None),
        (1, 17, None)],
    6: [(58, 128, None), *TCP_ORDER, *REST, (2, None, None), (17, 40125, None)]}


@pytest.mark.parametrize("family", [4, 6])
def test_the_default_asks_in_this_order(raw, family):
    """HD-01, HD-02; HD-23: a silent host is asked twice."""
    seen = shapes(raw({}, "-sn", *QUICK, *SIX[family], TARGET[family]).probes_to(TARGET[family]))
    assert seen[:len(DEFAULT[family])] == DEFAULT[family]
    assert collections.Counter(seen) == collections.Counter(2 * DEFAULT[family])


@pytest.mark.parametrize("family", [4, 6])
def test_chosen_pings_go_in_this_order(raw, family):
    """HD-06. No second tries, which come in between."""
    seen = shapes(raw({}, "-sn", *CHOSEN[family], "-T5", "--max-retries", "0", *SIX[family],
                      TARGET[family]).probes_to(TARGET[family]))
    # Port 53 may get more than one payload: which is each program's own.
    assert [shape for shape, _ in itertools.groupby(seen)] == CHOSEN_ORDER[family]


@pytest.mark.parametrize("family", [4, 6])
def test_who_has_answered_is_not_asked_again(raw, family):
    """HD-22: all but the echo request stay silent, and get no second try."""
    seen = raw({TARGET[family]: {("icmp", 8): reply(), ("icmp", 128): reply()}}, "-sn", *QUICK,
               *SIX[family], TARGET[family])
    assert seen.hosts[TARGET[family]].reason == "echo-reply"
    probes = collections.Counter(shapes(seen.probes_to(TARGET[family])))
    assert set(probes) <= set(DEFAULT[family]) and set(probes.values()) == {1}


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("retries", [0, 1])
def test_a_silent_port_is_asked_as_often_as_said(raw, family, retries):
    seen = raw({}, "-Pn", "-p80-89", "-T5", "--max-retries", retries, *SIX[family],
               TARGET[family])
    asked = collections.Counter(packet.dport for packet in seen.probes_to(TARGET[family]))
    assert asked == {port: retries + 1 for port in range(80, 90)}


@pytest.mark.parametrize("family", [4, 6])
def test_a_default_scan_asks_a_silent_port_twice(raw, family):
    """TM-07: more often only where it helped."""
    seen = raw({}, "-Pn", "-p80", "--initial-rtt-timeout", "200ms", *SIX[family], TARGET[family])
    assert len(seen.probes_to(TARGET[family])) == 2


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("pings, ports", [([], [80, 443]), (["-PA22,80", "-PS443"], [443, 22, 80])])
def test_without_privilege_the_kernel_connects(raw, is_nmap, family, pings, ports):
    """HD-03, HD-11, HD-12: -PS ports first, then those of -PA."""
    seen = raw({}, "--unprivileged", "-sn", "-v", "-T5", *pings, *SIX[family], TARGET[family])
    probes = shapes(seen.probes_to(TARGET[family]))
    probes = list(dict.fromkeys(probes))
    # Ours goes by the ports' numbers: the kernel's connections do not tell SYN from ACK.
    assert (probes if is_nmap else sorted(probes)) == \
        [(6, port, "S") for port in (ports if is_nmap else sorted(ports))]
    assert seen.hosts[TARGET[family]].state == "down"


@pytest.mark.parametrize("family", [4, 6])
def test_what_is_random_is(raw, family):
    """SC-23: TTL and IP ID of each packet; IPv6 has a fixed hop limit and no ID."""
    probes = raw({}, "-Pn", "-T5", "--max-retries", "0", "-p1-60", *SIX[family],
                 TARGET[family]).probes_to(TARGET[family])
    lifetimes = {packet.ttl for packet in probes}
    assert len(probes) == 60
    if family == 6:
        assert lifetimes == {255}
    else:
        assert lifetimes <= set(range(37, 60)) and len(lifetimes) > 10
        assert len({packet.ident for packet in probes}) > 50
        assert not any(packet.dont_fragment for packet in probes)


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("in_order", [True, False])
def test_ports_are_asked_in_a_random_order_or_not(raw, family, in_order):
    asked = [packet.dport for packet in raw(
        {}, "-Pn", "-T5", "--max-retries", "0", *(["-r"] if in_order else []), "-p40000-40059",
        *SIX[family], TARGET[family]).probes_to(TARGET[family])]
    assert sorted(asked) == list(range(40000, 40060))
    assert (asked == sorted(asked)) == in_order


# Several scans, flags, protocols

@pytest.mark.parametrize("family", [4, 6])
def test_several_scans_run_in_their_order(raw, family):
    """SC-19; who complains from on the way is told (reason_ip)."""
    target = TARGET[family]
    rules = {target: {("tcp", 80): tcp("SA"), ("tcp", 81): error("admin", source=ROUTER),
                      ("udp", 41000): error("port"), ("sctp", 9): sctp(6)}}
    seen = raw(rules, "-Pn", "-sY", "-sU", "-sZ", "-sS", "-p", "T:80,81,U:41000,S:9",
               *SIX[family], target)
    host = seen.hosts[target]
    assert {key: (state, host.reasons[key]) for key, state in host.ports.items()} == {
        ("tcp", 80): ("open", "syn-ack"), ("tcp", 81): ("filtered", "admin-prohibited"),
        ("udp", 41000): ("closed", "port-unreach"), ("sctp", 9): ("closed", "abort")}
    order = [(packet.protocol, packet.type if packet.protocol == 132 else None)
             for packet in seen.probes_to(target) if packet.protocol in (6, 17, 132)]
    assert list(dict.fromkeys(order)) == [(6, None), (17, None), (132, 1), (132, 10)]
    complained = {port.get("portid"): port.find("state").get("reason_ip")
                  for port in tree.fromstring(seen.xml).iter("port")}
    assert complained == {"80": None, "81": ROUTER[family == 6], "41000": None, "9": None}


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("scan, flags, on_wire, named, states", [
    ("-sN", "SYN", "S", "SYN", ("open|filtered", "closed", "open|filtered")),
    ("-sS", "FIN", "F", "FIN", ("filtered", "closed", "filtered")),
    ("-sF", "SYNACK", "SA", "SYNACK", ("open|filtered", "closed", "open|filtered")),
    ("-sA", "0x29", "FPU", "FINPSHURG", ("filtered", "unfiltered", "filtered")),
    ("-sS", "synfin", "FS", "FINSYN", ("open", "closed", "filtered"))])
def test_other_flags_are_judged_by_the_scan(raw, family, scan, flags, on_wire, named, states):
    """SC-10."""
    target = TARGET[family]
    seen = raw({target: {("tcp", 80): tcp("SA"), ("tcp", 81): tcp("R")}}, "-Pn", *QUICK, scan,
               "--scanflags", flags, "-p80-82", *SIX[family], target)
    assert tuple(seen.hosts[target].ports["tcp", port] for port in (80, 81, 82)) == states
    assert {packet.flags for packet in seen.probes_to(target)} == {on_wire}
    assert tree.fromstring(seen.xml).find("scaninfo").get("scanflags") == named


def test_an_icmp_error_proves_that_icmp_is_spoken(raw):
    """SC-13."""
    target = TARGET[4]
    host = raw({target: {("ip", 100): error("proto")}}, "-Pn", "-sO", "-p1,100,101", *QUICK,
               target).hosts[target]
    assert host.ports == {("ip", 1): "open", ("ip", 100): "closed", ("ip", 101): "open|filtered"}


def test_protocols_with_a_header_get_one(raw):
    """SC-13: what hosts look at, they answer."""
    target = TARGET[4]
    seen = raw({target: {("icmp", 8): reply(), ("tcp", 80): tcp("R"), ("udp", 40125): error("port"),
                         ("sctp", 80): sctp(6)}},
               "-Pn", "-sO", "-p1,2,6,17,132", *QUICK, target)
    assert seen.hosts[target].ports == {("ip", 1): "open", ("ip", 2): "open|filtered",
                                        ("ip", 6): "open", ("ip", 17): "open", ("ip", 132): "open"}
    assert {packet.payload[0] for packet in seen.seen if packet.protocol == 2} == {0x11}


def test_extension_headers_are_no_protocols_to_ask_for(raw, is_nmap):
    """SC-13, since 7.94."""
    seen = raw({}, "-Pn", "-sO", *QUICK, "-6", "-p", "0,17,43,44,50,51,60,135,139,140,253,254",
               TARGET[6])
    asked = {int(port) for _, port in seen.hosts[TARGET[6]].ports}
    assert asked == ({0, 17, 43, 44, 50, 51, 60, 135, 139, 140, 253, 254} if is_nmap else {17})
