"""What the tests of raw scans share: a scan of hosts that a scripted responder plays."""
import dataclasses

import pytest

import report
import script_lab
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


@pytest.fixture(scope="session")
def script_labs(request, namespaces):
    """The servers that the cases of scripts need which are tried: ours, and Nmap's own."""
    modules = {item.module.__name__.rpartition(".")[2] for item in request.session.items}
    tables = {"CASES": {"test_scripts", "test_scripts_mutants"}, "NMAP_OWN": {"test_scripts_nmap"}}
    cases = [case for name, users in tables.items() if users & modules
             for case in script_lab.wanted_cases(name)]
    made = script_lab.start(cases)
    yield made
    for lab in made:
        lab.close()
