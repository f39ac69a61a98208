"""Every raw technique and ping against every answer of raw_rows.py: states and
reasons in the XML report. One scan for a technique and a family; each of its
answers has a port of its own (for pings: a host), and each is a test.

    sudo PORTOLAN=/usr/bin/nmap /usr/bin/python3 -m pytest test/lab/test_raw_matrix.py
holds too: the rows know where Nmap 7.93 is another opinion."""
import inspect

import pytest

from raw_rows import (DOWN, PING_KEYS, PING_KEYS_BOTH, PING_OPTIONS, PING_ROWS, PINGS, PORT_ROWS,
                      SILENCE)

TARGET = {4: "10.89.2.10", 6: "fd89:2::10"}
HOSTS = {4: "10.89.2.{}", 6: "fd89:2::{}"}
FIRST_PORT, FIRST_PROTOCOL = 41000, 100
PROTOCOL = {"U": "udp", "Y": "sctp", "Z": "sctp", "O": "ip"}
PACE = ["--max-retries", "2", "--initial-rtt-timeout", "300ms", "--min-rtt-timeout", "300ms",
        "--max-rtt-timeout", "400ms"]


def family_option(family):
    return ["-6"] if family == 6 else []


def answer_of(row):
    """Answers that count are made anew for each scan."""
    return row.answer if inspect.signature(row.answer).parameters else row.answer()


def rows_of(rows, family, letter):
    return [row for row in rows if family in row.families and letter in row.on]


def cases(rows, letters):
    return [pytest.param(family, letter, row, id=f"{family}-{letter}-{row.name}")
            for family in (4, 6) for letter in letters for row in rows_of(rows, family, letter)]


# Ports

def ports_of(family, letter):
    """Row's name -> its port, or protocol."""
    first = FIRST_PROTOCOL if letter == "O" else FIRST_PORT
    return {row.name: first + at for at, row in enumerate(rows_of(PORT_ROWS, family, letter))}


@pytest.fixture(scope="module")
def scans(raw):
    """scans(key, rules, argv): the hosts of a report; scanned once for a key."""
    made = {}

    def scan(key, rules, argv):
        if key not in made:
            made[key] = raw(rules, *argv).hosts
        return made[key]
    return scan


def port_scan(scans, family, letter):
    ports, protocol = ports_of(family, letter), PROTOCOL.get(letter, "tcp")
    rules = {TARGET[family]: {(protocol, ports[row.name]): answer_of(row)
                              for row in rows_of(PORT_ROWS, family, letter)}}
    argv = ["-Pn", f"-s{letter}", *PACE, "-p", ",".join(map(str, ports.values())),
            *family_option(family), TARGET[family]]
    return scans((family, letter), rules, argv)


@pytest.mark.parametrize("family, letter, row", cases(PORT_ROWS, SILENCE))
def test_a_port_is_what_its_answer_says(scans, is_nmap, family, letter, row):
    hosts = port_scan(scans, family, letter)
    key = PROTOCOL.get(letter, "tcp"), ports_of(family, letter)[row.name]
    host = hosts[TARGET[family]]
    assert (host.ports[key], host.reasons[key]) in row.expected(letter, is_nmap, SILENCE[letter])


# Hosts

def ping_key(family, letter):
    return PING_KEYS[family].get(letter) or PING_KEYS_BOTH.get(letter)


def hosts_of(family, letter):
    return {row.name: HOSTS[family].format(1 + at)
            for at, row in enumerate(rows_of(PING_ROWS, family, letter))}


def ping_scan(scans, family, letter):
    hosts = hosts_of(family, letter)
    rules = {hosts[row.name]: {ping_key(family, letter): answer_of(row)}
             for row in rows_of(PING_ROWS, family, letter)}
    argv = ["-sn", "-v", *PING_OPTIONS[letter], *PACE, *family_option(family), *hosts.values()]
    return scans((family, letter, "ping"), rules, argv)


@pytest.mark.parametrize("family, letter, row", [
    case for case in cases(PING_ROWS, PINGS) if ping_key(*case.values[:2])])
def test_a_host_is_what_its_answer_says(scans, is_nmap, family, letter, row):
    hosts = ping_scan(scans, family, letter)
    host = hosts[hosts_of(family, letter)[row.name]]
    assert (host.state, host.reason) in row.expected(letter, is_nmap, DOWN)
