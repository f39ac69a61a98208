"""The same command line, both programs, the same lab: the reports are equal but
for what mask.py names."""
import difflib
import re
import xml.etree.ElementTree as tree

import pytest

import mask
from lab import Lab

S, F, I = Lab.SERVERS, Lab.FIREWALL, Lab.INNER
DNS = ["--dns-servers", Lab.NAMES]

# Each: a name, and the arguments after --datadir.
LINES = {
    "fast": ["-n", "-F", S],
    "the_thousand": ["-n", "-T4", S],
    "all_ports": ["-n", "-T4", "-p-", S],
    "twenty_five_closed_are_shown": ["-n", "-p", "100-124", S],
    "twenty_six_closed_are_not": ["-n", "-p", "100-125", S],
    "two_ignored_states": ["-n", "-T5", "-Pn", "-p", "5432,1-30", I],
    "many_filtered": ["-n", "-Pn", "-T5", "--max-retries", "0", "-p", "1-40", Lab.VANISHING],
    "open_only": ["-n", "--open", "-F", S],
    "open_only_hides_hosts": ["-n", "--open", "-p", "21,389", S, F],
    "reasons": ["-n", "--reason", "-p", "7,22,80,110,111,143,445,8443,24", "-T4", F],
    "verbose": ["-n", "-v", "-p", "20-25,80", S],
    "very_verbose": ["-n", "-vv", "-p", "20-25,80", S],
    "verbose_and_many": ["-n", "-v", "-p", "1-60", S],
    "verbose_and_more": ["-n", "-v", "-p", "2000-2060", S],
    "list": ["-n", "-sL", "10.87.1.8/30"],
    "list_with_names": ["-sL", *DNS, "10.87.1.8-11", "10.87.1.20"],
    "list_of_octets": ["-n", "-sL", "10.87.1-2.10,20,30-32"],
    "ping": ["-n", "-sn", S, F],
    "ping_one_down": ["-n", "-sn", Lab.VANISHING],
    "ping_verbose_one_down": ["-n", "-sn", "-v", Lab.VANISHING],
    "ping_verbose_down_with_reasons": ["-n", "-sn", "-vv", Lab.VANISHING],
    "ping_some_down": ["-n", "-sn", "-v", Lab.VANISHING, S],
    "ping_names": ["-sn", *DNS, S, F],
    "ping_port": ["-n", "-sn", "-PS8007", "10.87.16.1"],
    "no_ping": ["-n", "-Pn", "-p", "22,80", S],
    "no_ping_verbose": ["-n", "-Pn", "-v", "-p", "22,80", S],
    "a_name": [*DNS, "-p", "22,80", "web.lab.test"],
    "a_name_with_more_addresses": [*DNS, "-p", "22,80", "many.lab.test"],
    "a_name_with_another_ptr": [*DNS, "-p", "22,80", "alias.lab.test"],
    "all_addresses_of_a_name": [*DNS, "--resolve-all", "-sn", "many.lab.test"],
    "reverse_names": [*DNS, "-p", "22,80", S],
    "hostile_names": [*DNS, "-sL", "10.87.16.1-7"],
    "six": ["-n", "-6", "-p", "20-25,8080", Lab.SIX],
    "six_name": [*DNS, "-6", "-p", "22", "six.lab.test"],
    "six_list": ["-n", "-6", "-sL", "fd87:1::30/126"],
    "host_timeout": ["-n", "-Pn", "--host-timeout", "300ms", "-p", "1-2000", Lab.VANISHING],
    "several_hosts": ["-n", "-T4", "-p", "20-25,80,8007", S, F, I, "10.87.16.1"],
    "excluded": ["-n", "-sL", "10.87.1.8/29", "--exclude", "10.87.1.9,10.87.1.12/31"],
    "excluded_ports": ["-n", "-p", "20-30", "--exclude-ports", "22-25", S],
    "names_of_ports": ["-n", "-p", "http*,ssh", S],
    "known_ports_in_a_range": ["-n", "-p", "[1-100]", S],
    "top_ports": ["-n", "--top-ports", "30", S],
    "odd_ports": ["-n", "-p", "65535,1,2222,8088", S],
    "sequential": ["-n", "-r", "-p", "20-30", S],
    "no_stylesheet": ["-n", "--no-stylesheet", "-p", "22", S],
    "quotes_in_the_command_line": ["-n", "-p", "22, 80", S],
    "unresolvable": [*DNS, "-p", "22", "nothing.lab.test", S],
    "nothing_to_scan": [*DNS, "-p", "22", "nothing.lab.test"],
}

N, SIX, VANISHING, NOBODY = Lab.NAMES, Lab.SIX, Lab.VANISHING, Lab.NOBODY
# Kernels say five errors of routes to a peer, and then one a second: few are asked for.
TCP_PORTS = ["-p", "7,22,24,80,110,8443"]
INNER_PORTS = ["-p", "22,80,5432,8080"]
TCP_SCANS = ["-sS", "-sA", "-sW", "-sM", "-sN", "-sF", "-sX"]
PINGS = ["-PE", "-PP", "-PM", "-PS80", "-PS22,9", "-PA80", "-PU40125", "-PY80", "-PO", "-PO1,6"]

# The same with raw packets.
RAW_LINES = {
    **{f"firewall_{scan[2:]}": ["-n", scan, *TCP_PORTS, "--reason", F] for scan in TCP_SCANS},
    **{f"behind_a_router_{scan[2:]}": ["-n", "-v", scan, *INNER_PORTS, I] for scan in TCP_SCANS},
    **{f"six_{scan[2:]}": ["-n", "-6", "-vv", scan, "-p", "22,23,8080", SIX] for scan in TCP_SCANS},
    **{f"ping_{ping[1:]}": ["-n", "-sn", "-v", "--reason", ping, I] for ping in PINGS},
    **{f"six_ping_{ping[1:]}": ["-n", "-6", "-sn", "-v", "--reason", ping, Lab.INNER6]
       for ping in ("-PE", "-PS80", "-PA80")},
    "prohibited": ["-n", "-v", "--reason", "-p", "22,24,143,445", F],
    "prohibited_by_a_router": ["-n", "-sA", "--reason", "-p", "22,80,3306", I],
    "default": ["-F", *DNS, S],
    "the_thousand": ["-n", "-T4", S],
    "all_ports": ["-n", "-T4", "-p-", S],
    "udp": ["-n", "-sU", "-p", "53,54", "--reason", N],
    "udp_closed": ["-n", "-v", "-sU", "-p", "50-60", F],
    "udp_behind_a_router": ["-n", "-sU", "-p", "50-55", "--reason", I],
    "six_udp": ["-n", "-6", "-sU", "-p", "50,51", "--reason", SIX],
    "sctp": ["-n", "-sY", "-p", "9,80", "--reason", F],
    "sctp_cookie": ["-n", "-sZ", "-p", "9,80", "--reason", F],
    "protocols": ["-n", "-r", "-sO", "-p", "2,6,17,47,132", "--reason", F],
    "protocols_verbose": ["-n", "-v", "-sO", "-p", "6,17,253", F],
    # Alone: ICMP errors of the others would prove it, too, and what comes first is chance.
    "protocol_icmp": ["-n", "-sO", "-p", "1", "--reason", F],
    "six_protocols": ["-n", "-6", "-sO", "-p", "6,17,132", "--reason", SIX],
    "several_scans": ["-n", "-sS", "-sU", "-sY", "-p", "T:22,80,24,U:53,54,S:9", "--reason", F],
    "several_scans_verbose": ["-n", "-v", "-sU", "-sS", "-p", "T:22,24,U:53", N],
    "several_scans_closed": ["-n", "-sS", "-sU", "-p", "T:1-40,U:53", F],
    "many_filtered": ["-n", "-Pn", "-T5", "--max-retries", "0", "-p", "1-40", VANISHING],
    "open_only": ["-n", "--open", "-F", S],
    "very_verbose": ["-n", "-vv", "-p", "20-25,80", S],
    "debugged": ["-n", "-p", "22,24", "--reason", "-v", F],
    "ping": ["-n", "-sn", S, F],
    "ping_of_the_whole_net": ["-n", "-sn", "-T4", "10.87.1.0/28"],
    "ping_verbose_down": ["-n", "-sn", "-v", NOBODY],
    "ping_very_verbose_down": ["-n", "-sn", "-vv", NOBODY, S],
    "ping_behind_a_router": ["-n", "-sn", "-v", "--reason", I, VANISHING],
    "ping_down": ["-n", "-sn", VANISHING],
    "ping_without_arp": ["-n", "-sn", "--disable-arp-ping", "--reason", S],
    "ping_by_ip": ["-n", "-sn", "--send-ip", "--reason", I],
    "ping_ourselves": ["-n", "-sn", "--reason", "127.0.0.1", Lab.SCANNER],
    "six_ping": ["-n", "-6", "-sn", "-v", "--reason", SIX],
    "six_ping_down": ["-n", "-6", "-sn", "-v", "fd87:1::99"],
    "no_ping": ["-n", "-Pn", "-p", "22,80", "--reason", S],
    "no_ping_down": ["-n", "-Pn", "-v", "-p", "22,80", NOBODY],
    "no_ping_behind_a_router": ["-n", "-Pn", "-v", "-p", "22,80", I],
    "down": ["-n", "-p", "22", NOBODY],
    "ourselves": ["-n", "-p", "22,23", "--reason", "127.0.0.1"],
    "several_hosts": ["-n", "-T4", "-p", "20-25,80,8007", S, F, I, "10.87.16.1", NOBODY],
    "a_net": ["-n", "-T4", "-p", "8006,8007", "--open", "10.87.16.0/28"],
    "names": [*DNS, "-p", "22,80", "web.lab.test"],
    "host_timeout": ["-n", "-Pn", "--host-timeout", "300ms", "-p", "1-2000", VANISHING],
    "other_flags": ["-n", "-sS", "--scanflags", "SYNFIN", "-p", "22,24", "--reason", S],
    "fin_for_syn": ["-n", "-sA", "--scanflags", "FIN", "-p", "22,24", "--reason", S],
    "in_pieces": ["-n", "-f", "-p", "22,24", "--reason", S],
    "with_decoys": ["-n", "-D", "10.87.1.77,ME", "-p", "22,24", "--reason", S],
    "with_data": ["-n", "--data-length", "40", "-p", "22,24", "--reason", S],
    "bad_sums": ["-n", "-T5", "--badsum", "--max-retries", "0", "-p", "22,24", "--reason", S],
    "from_port_53": ["-n", "-g", "53", "-p", "22,24", "--reason", S],
    "few_hops": ["-n", "-Pn", "-T5", "--ttl", "1", "-p", "80", "--reason", I],
    "connections": ["-n", "-sT", "-p", "22,24,80", "--reason", S],
    "connections_and_datagrams": ["-n", "-sT", "-sU", "-p", "T:22,24,U:53", "--reason", F],
}

# More hosts than one are reported: in which order is each program's own.
SEVERAL = {"ping", "ping_some_down", "ping_names", "several_hosts", "all_addresses_of_a_name",
           "open_only_hides_hosts"}
RAW_SEVERAL = {"ping", "ping_of_the_whole_net", "ping_very_verbose_down", "ping_behind_a_router",
               "ping_ourselves", "several_hosts", "a_net"}


def difference(one, other):
    return "\n".join(difflib.unified_diff(one.splitlines(), other.splitlines(), "nmap", "portolan",
                                          lineterm="", n=1))


def compare(pair, argv, several, privileged):
    argv = ["-oA", "out", *argv]
    nmap, ours = pair.both(*argv, privileged=privileged)
    assert ours.returncode == nmap.returncode, ours.stderr

    def differ(masked, name):
        return difference(*(masked(pair.read(one, name), several) for one in pair.path))

    differences = {
        "screen": difference(mask.text(nmap.stdout, several), mask.text(ours.stdout, several)),
        "normal": differ(mask.text, "out.nmap"),
        "grepable": differ(mask.grepable, "out.gnmap"),
        "xml": differ(mask.xml, "out.xml"),
    }
    tree.fromstring(pair.read("portolan", "out.xml"))
    shown = "\n".join(f"--- {name}\n{text}" for name, text in differences.items() if text)
    assert not shown, f"nmap {' '.join(argv)}\n{shown}"


@pytest.mark.parametrize("line", LINES)
def test_reports_equal_nmaps(pair, line):
    compare(pair, LINES[line], line in SEVERAL, False)


@pytest.mark.parametrize("line", RAW_LINES)
def test_reports_of_raw_scans_equal_nmaps(pair, line):
    compare(pair, RAW_LINES[line], line in RAW_SEVERAL, True)


# What --packet-trace shows: the same lines, but for what is random in them.

TRACED = {
    "syn": ["-n", "-r", "-p", "22,24", S], "six": ["-n", "-6", "-r", "-p", "22", SIX],
    "udp": ["-n", "-Pn", "-sU", "-p", "54", N], "echo": ["-n", "-sn", "-PE", I],
    "stamp": ["-n", "-sn", "-PP", I], "sctp": ["-n", "-sY", "-p", "9", F],
    "protocols": ["-n", "-sO", "-p", "2", F],
    "router": ["-n", "-Pn", "--ttl", "1", "--max-retries", "0", "-p", "80", I],
}
RANDOM = [(r"\(\d+\.\d{4}s\)", "(<s>)"), (r"(?<=:)\d{5}\b", "<port>"), (r"\bttl=\d+", "ttl=<n>"),
          (r"\b(id|ID|seq|Seq)=(?!0\b)\d+", r"\1=<n>"), (r"\bhopl=\d+", "hopl=<n>"),
          (r"\bflow=\w+", "flow=<n>"), ("Port 54 unreachable", "Port unreachable"),
          (r"\borig=\d+ recv=\d+ trans=\d+", "<times>"), (r"\bttl=<n> id=0 ", "ttl=<n> id=<n> ")]


def traced(text):
    # 7.93 shows a neighbour's advertisement twice, the second time as any other packet.
    lines = [line for line in text.splitlines()
             if line.startswith(("SENT ", "RCVD ")) and "(type=136/" not in line]
    for pattern, replacement in RANDOM:
        lines = [re.sub(pattern, replacement, line) for line in lines]
    return sorted(set(lines))


@pytest.mark.parametrize("line", TRACED)
def test_traces_of_raw_packets_equal_nmaps(pair, line):
    pair.lab.scanner.ip("neigh", "flush", "all")
    nmap, ours = pair.both("--packet-trace", *TRACED[line], privileged=True)
    assert traced(ours.stdout) == traced(nmap.stdout)
    assert traced(ours.stdout)
