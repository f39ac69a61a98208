"""Networks that lie: a finding for the host, a list of ports that stays short for people, and
all ports for programs."""
import json
import sqlite3

import pytest

import report
from raw_rows import ROUTER
from responder import Responder, arp, nothing, reply, tcp

HOST = "10.89.2.30"
MSS = b"\2\4\5\xb4"


class Everything(dict):
    """Rules for every TCP port there is, but those named."""

    def __init__(self, answer, **named):
        super().__init__(**named)
        self.answer = answer

    def __contains__(self, key):
        return key[0] == "tcp" or super().__contains__(key)

    def get(self, key, default=None):
        return super().get(key, self.answer if key[0] == "tcp" else default)

    def __getitem__(self, key):
        return self.get(key)


def scan(raw_link, program, folder, answer, *argv):
    rules = Everything(answer)
    rules["icmp", 8] = reply()
    rules["tcp", 22] = tcp("SA", window=64240, options=MSS)
    with Responder(raw_link.target, "wire0", {HOST: rules},
                   dict.fromkeys(ROUTER, arp())) as responder:
        done = raw_link.scan(folder, program, "-n", "-p1-100", "-oX", folder / "xml", "-oJ",
                             folder / "json", "-oN", folder / "normal", "--journal",
                             folder / "journal", *argv, HOST)
    assert done.returncode == 0, done.stderr
    return done, responder.seen


def finding(folder):
    lines = [json.loads(line) for line in (folder / "json").read_text().splitlines()]
    return next(line for line in lines if line["type"] == "host").get("liar")


@pytest.mark.parametrize("answer,kind", [
    (tcp("SA", window=0), "syn-proxy"), (tcp("SA", window=10), "tarpit"),
    (tcp("SA", window=64240, options=MSS), "all-open")])
def test_a_host_that_answers_every_port_is_one_finding(raw_link, portolan, tmp_path, answer,
                                                       kind):
    done, seen = scan(raw_link, portolan, tmp_path, answer)
    found = finding(tmp_path)
    assert found["kind"] == kind and found["ports"] == 100
    # People: a note, and no list. Programs: every port.
    assert done.stdout.count(f"Note: {HOST} answers every TCP port alike") == 1
    assert f"Not shown: 100 open tcp ports (syn-ack, {kind})" in done.stdout
    assert "/tcp" not in done.stdout
    assert len(report.read((tmp_path / "xml").read_text())[HOST].ports) == 100
    with sqlite3.connect(tmp_path / "journal") as journal:
        assert journal.execute("SELECT liar FROM host").fetchall() == [(kind,)]
    # Five ports that were not listed were asked, and are not in the report.
    more = {packet.dport for packet in seen if packet.to == HOST and packet.flags == "S"
            and packet.dport > 100 and packet.dport != 443}
    assert len(more) == 5 and min(more) >= 10000


def test_excluded_ports_let_no_others_be_asked(raw_link, portolan, tmp_path):
    _, seen = scan(raw_link, portolan, tmp_path, tcp("SA", window=0), "--exclude-ports", "7")
    assert finding(tmp_path) is None
    assert max(packet.dport for packet in seen if packet.to == HOST and packet.flags == "S") <= 443


@pytest.mark.parametrize("answer", [tcp("RA"), nothing])
def test_honest_hosts_are_not_accused(raw_link, portolan, tmp_path, answer):
    done, _ = scan(raw_link, portolan, tmp_path, answer, "--max-retries", "1")
    assert finding(tmp_path) is None and "Note:" not in done.stdout
    assert "22/tcp open" in done.stdout
