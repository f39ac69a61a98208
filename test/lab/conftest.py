"""What the tests of raw probes share: one link with a scripted responder at its
other end, and a scan of what is behind it."""
import dataclasses
import subprocess

import pytest

import report
from link import Link
from raw_rows import ROUTER
from responder import Responder, arp


@dataclasses.dataclass
class Scanned:
    hosts: dict      # address -> report.Host
    seen: list       # packets that came to the responder
    xml: str
    stderr: str

    def probes_to(self, address):
        return [packet for packet in self.seen if packet.family and packet.to == address and
                not (packet.flags and "R" in packet.flags)]


@pytest.fixture(scope="module")
def raw_link(namespaces):
    with Link("raw") as made:
        made.scanner.ip("route", "add", "10.89.2.0/24", "via", ROUTER[0])
        made.scanner.ip("-6", "route", "add", "fd89:2::/64", "via", ROUTER[1])
        yield made


@pytest.fixture(scope="session")
def is_nmap(portolan):
    """Whether Nmap 7.93 is under test, whose own opinions some tests know."""
    version = subprocess.run([portolan, "--version"], capture_output=True, text=True).stdout
    return version.startswith("Nmap version 7.93")


@pytest.fixture(scope="module")
def raw(raw_link, portolan, tmp_path_factory):
    """raw(rules, *argv, neighbours=...): a scan of hosts that answer by rules."""
    folder = tmp_path_factory.mktemp("raw")

    def scan(rules, *argv, neighbours=None):
        neighbours = dict.fromkeys(ROUTER, arp()) if neighbours is None else neighbours
        # What the kernel learnt of a host in the scan before is not for this one.
        raw_link.scanner.ip("neigh", "flush", "all")
        with Responder(raw_link.target, "wire0", rules, neighbours) as responder:
            done = raw_link.scan(folder, portolan, "-n", "-oX", "-", *argv)
        assert done.returncode == 0, done.stderr
        return Scanned(report.read(done.stdout), responder.seen, done.stdout, done.stderr)
    return scan
