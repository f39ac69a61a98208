"""-sV against a thousand servers that mean no good: it ends, it stays small, and what it
says of them is sane."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

import pytest

import hostile
import truth
from link import Link

# No port of the list of what is never written to (20000 is DNP3's).
FIRST, PORTS, HOSTS = 21000, 100, 10
ADDRESSES = [f"10.89.1.{10 + number}" for number in range(HOSTS)]
# No measure of speed: a scan that is not over by then hangs. Each port has a deadline of
# 60 s, and a hundred and more are looked at at once.
HANG_SECONDS = int(os.environ.get("HANG_SECONDS", "600"))
MEMORY_MEGABYTES = 300


class Scan:
    def __init__(self, link, folder, program):
        peak = pathlib.Path(folder, pathlib.Path(program).parent.name + ".peak")
        self.done = link.scan(
            folder, "/usr/bin/time", "-o", peak, "-f", "%M", program, "-n", "-Pn", "-sV", "-T4",
            "-p", f"{FIRST}-{FIRST + PORTS - 1}", "-oX", "-", *ADDRESSES, timeout=HANG_SECONDS)
        self.megabytes = int(peak.read_text().split()[-1]) / 1024
        self.answers = truth.read(self.done.stdout) if self.done.returncode == 0 else {}

    def of(self, kind):
        """{(address, port): Answer} of the servers of that kind."""
        return {(address, port): self.answers.get((address, "tcp", port), truth.Answer("absent"))
                for number, address in enumerate(ADDRESSES)
                for port in range(FIRST, FIRST + PORTS)
                if hostile.kind_of(number, port - FIRST) == kind}


@pytest.fixture(scope="module")
def hosts(namespaces):
    with Link("hostile") as link:
        for address in ADDRESSES:
            link.give(link.target, "wire0", address + "/24")
        process = link.target.popen(
            "/usr/bin/python3", hostile.__file__, FIRST, PORTS, *ADDRESSES,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        yield link
        assert process.poll() is None, "the hostile servers died"


@pytest.fixture(scope="module")
def scans(hosts, portolan, release, tmp_path_factory):
    """The sanitized program, and beside it the one whose memory is measured."""
    folder = tmp_path_factory.mktemp("hostile")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = {program: pool.submit(Scan, hosts, folder, program)
                for program in {portolan, release}}
        return {program: run.result() for program, run in runs.items()}


@pytest.fixture(scope="module")
def scan(scans, portolan):
    return scans[portolan]


def test_it_ends_well(scans):
    for program, one in scans.items():
        assert one.done.returncode == 0, f"{program}: {one.done.stderr[-3000:]}"
        assert len(one.answers) == PORTS * HOSTS


def test_its_memory_is_bounded(scans, release):
    print(f"\npeak: {scans[release].megabytes:.0f} MB")
    assert scans[release].megabytes < MEMORY_MEGABYTES


@pytest.mark.parametrize("kind", hostile.KINDS)
def test_every_port_is_open(scan, kind):
    closed = {where: answer.state for where, answer in scan.of(kind).items()
              if answer.state != "open"}
    assert not closed


@pytest.mark.parametrize("kind", ["silent", "drip", "endless", "reset", "stall", "noise"])
def test_what_says_nothing_known_has_the_tables_name(scan, kind):
    named = {where: answer.text() for where, answer in scan.of(kind).items() if answer.product or
             (answer.probed and answer.service not in ("tcpwrapped", "ssl", "unknown"))}
    assert not named


@pytest.mark.parametrize("kind, service", [("echo", "echo"), ("closes", "tcpwrapped"),
                                           ("one", "http")])
def test_what_can_be_known_is(scan, kind, service):
    others = {where: answer.text() for where, answer in scan.of(kind).items()
              if answer.service != service}
    assert not others


def test_silence_is_told_as_a_guess(scan):
    probed = {where: answer.text() for where, answer in scan.of("silent").items() if answer.probed}
    assert not probed


def test_a_parrot_is_one_service(scan):
    """Which is anybody's guess, but it is short, and printable."""
    for answer in scan.of("parrot").values():
        for text in (answer.service, answer.product, answer.version, answer.extra):
            assert len(text) < 256 and text.isprintable()
