"""Every port's state against what is known from the servers' configuration."""
import pytest

import report
from lab import Lab

REASON = {"open": {"syn-ack"}, "closed": {"conn-refused"},
          "filtered": {"no-response", "host-unreach", "net-unreach", "admin-prohibited",
                       "host-prohibited", "net-prohibited", "perm-denied"}}


def expected(lab, address, ports):
    truth = lab.truth[address]
    return {("tcp", port): truth.get(port, "closed") for port in ports}


def check(lab, host, ports):
    assert host.state == "up"
    wanted = expected(lab, host.address, ports)
    wrong = {port: (host.ports.get(port), state) for port, state in wanted.items()
             if host.ports.get(port) != state}
    assert not wrong, f"{host.address}: port: (reported, true) {wrong}"
    assert set(host.ports) == set(wanted)
    for port, state in host.ports.items():
        assert host.reasons[port] in REASON[state], (port, state, host.reasons[port])


ALL = range(1, 65536)


@pytest.mark.parametrize("address", [Lab.SERVERS, Lab.FIREWALL, Lab.INNER])
def test_every_port_of_a_host_is_what_it_is(lab, scanner, address):
    hosts = report.scan(lab, scanner, "-n", "-sT", "-p-", "-T4", address)
    assert list(hosts) == [address]
    check(lab, hosts[address], ALL)


@pytest.mark.parametrize("address", [Lab.SIX, Lab.INNER6, Lab.SERVERS6])
def test_every_port_over_ipv6_is_what_it_is(lab, scanner, address):
    hosts = report.scan(lab, scanner, "-n", "-sT", "-6", "-p-", "-T4", address)
    assert list(hosts) == [address]
    check(lab, hosts[address], ALL)


def test_both_families_in_one_run(lab, portolan):
    hosts = report.scan(lab, portolan, "-n", "-p1-10000", "-T4", lab.SERVERS, lab.SIX, lab.INNER6,
                        lab.FIREWALL)
    assert set(hosts) == {lab.SERVERS, lab.SIX, lab.INNER6, lab.FIREWALL}
    for host in hosts.values():
        check(lab, host, range(1, 10001))


def test_slow_is_not_different(lab, scanner):
    """The polite templates and one connection at a time give the same verdicts."""
    ports = [7, 22, 23, 24, 80, 110, 143, 445, 8443]
    argv = ["-n", "-p", ",".join(map(str, ports)), "--max-parallelism", "1", "--max-retries", "1"]
    hosts = report.scan(lab, scanner, *argv, lab.FIREWALL)
    check(lab, hosts[lab.FIREWALL], ports)


def test_silence_is_down_and_then_filtered(lab, scanner):
    hosts = report.scan(lab, scanner, "-n", "-sn", "-v", lab.NOBODY, lab.VANISHING, lab.INNER)
    assert {host.address: host.state for host in hosts.values()} == {
        lab.NOBODY: "down", lab.VANISHING: "down", lab.INNER: "up"}
    hosts = report.scan(lab, scanner, "-n", "-Pn", "-p22,80,443", "-T5", lab.VANISHING)
    assert hosts[lab.VANISHING].ports == {("tcp", port): "filtered" for port in (22, 80, 443)}
    assert set(hosts[lab.VANISHING].reasons.values()) == {"no-response"}


def test_a_crowd_is_found_to_the_last_host(lab, scanner):
    hosts = report.scan(lab, scanner, "-n", "-sn", "-T4", "10.87.16.0/22")
    assert len(hosts) == 1024
    assert {host.state for host in hosts.values()} == {"up"}


def test_a_crowd_is_scanned_to_the_last_port(lab, scanner):
    hosts = report.scan(lab, scanner, "-n", "-T4", "-p8000-8009,9007", "10.87.16.0/25")
    assert len(hosts) == 128
    for host in hosts.values():
        assert {port for (_, port), state in host.ports.items() if state == "open"} == {8007, 9007}
        assert len(host.ports) == 11
