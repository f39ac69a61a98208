"""The same command line, both programs, the same lab: the reports are equal but
for what mask.py names."""
import difflib
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

# More hosts than one are reported: in which order is each program's own.
SEVERAL = {"ping", "ping_some_down", "ping_names", "several_hosts", "all_addresses_of_a_name",
           "open_only_hides_hosts"}


def difference(one, other):
    return "\n".join(difflib.unified_diff(one.splitlines(), other.splitlines(), "nmap", "portolan",
                                          lineterm="", n=1))


@pytest.mark.parametrize("line", LINES)
def test_reports_equal_nmaps(pair, line):
    argv = ["-oA", "out", *LINES[line]]
    nmap, ours = pair.both(*argv)
    assert ours.returncode == nmap.returncode, ours.stderr
    several = line in SEVERAL

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
