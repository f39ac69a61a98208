"""Sweeps: all of a large net, shares of it, and silence asked as often as said."""
import collections

import pytest

from link import Link
from raw_rows import ROUTER
from responder import Responder, arp

NET, SMALL = "10.90.0.0/16", "10.90.16.0/22"


@pytest.fixture(scope="module")
def crowd(namespaces):
    """A /16 that is alive to the last address."""
    with Link("sweep") as made:
        made.give(made.target, "wire0", "10.89.1.2/24")
        made.scanner.ip("route", "add", NET, "via", "10.89.1.2")
        made.target.ip("route", "add", "local", NET, "dev", "lo")
        made.target.sysctl("ipv4/icmp_ratelimit", 0)
        yield made


def found(link, folder, program, *argv):
    """The addresses of a sweep's report, each as often as it is in it."""
    done = link.scan(folder, program, "-n", "--no-journal", "--sweep", "--special-targets", "-p80",
                     "-oG", "-", *argv)
    assert done.returncode == 0, done.stderr
    return collections.Counter(line.split()[1] for line in done.stdout.splitlines()
                               if "80/closed/tcp" in line)


@pytest.mark.parametrize("argv", [["-sS"], ["-Pn", "-sS"]])
def test_all_of_a_large_net_are_found(crowd, release, tmp_path, argv):
    hosts = found(crowd, tmp_path, release, *argv, NET)
    assert len(hosts) == 65536 and set(hosts.values()) == {1}


def test_shares_add_up_to_the_whole(crowd, portolan, tmp_path):
    """Without a word on seeds: the machines that share the work know of one order."""
    shares = [found(crowd, tmp_path, portolan, "-sS", "--shard", f"{share}/3", SMALL)
              for share in (1, 2, 3)]
    assert sum(shares, collections.Counter()) == collections.Counter(
        f"10.90.{third}.{fourth}" for third in range(16, 20) for fourth in range(256))
    assert all(300 < len(share) < 384 for share in shares)


@pytest.mark.parametrize("argv, sends", [([], 2), (["--max-retries", "0"], 1),
                                         (["--max-retries", "2"], 3)])
def test_the_silent_are_asked_as_often_as_said(raw_link, portolan, tmp_path, argv, sends):
    raw_link.scanner.ip("neigh", "flush", "all")
    with Responder(raw_link.target, "wire0", {}, dict.fromkeys(ROUTER, arp())) as responder:
        found(raw_link, tmp_path, portolan, "-Pn", "-sS", *argv, "10.89.2.0/28")
    asked = collections.Counter(packet.to for packet in responder.seen if packet.dport == 80)
    assert asked == {f"10.89.2.{last}": sends for last in range(16)}


def test_special_addresses_are_left_out_unless_meant(crowd, portolan, tmp_path):
    """A net of documentation within a larger one; and it is said how many were."""
    crowd.scanner.ip("route", "replace", "default", "via", "10.89.1.2")
    argv = ["-n", "--no-journal", "--sweep", "-Pn", "-p80", "--max-retries", "0", "-oG", "-"]
    with Responder(crowd.target, "wire0", {}, {}) as responder:
        done = crowd.scan(tmp_path, portolan, *argv, "203.0.112.0/23")
    assert done.returncode == 0, done.stderr
    asked = {packet.to for packet in responder.seen if packet.dport == 80}
    assert asked == {f"203.0.112.{last}" for last in range(256)}
    assert "203.0.113" in done.stderr or "special" in done.stderr, done.stderr
