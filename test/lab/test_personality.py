"""OS detection of hosts that answer as Nmap's own reference prints describe them, by Nmap
and by portolan with Nmap's file: each must find the entry that a host was made of. Over
IPv6 hosts answer with the packets of our samples, and these must be seen again.

PERSONALITY_ALL=1 asks all of the file's entries (some twenty minutes, most of them Nmap's),
PERSONALITY_COUNT=N a sample of N (60)."""
import dataclasses
import os
import pathlib
import re
import shutil
import xml.etree.ElementTree as tree

import pytest

from link import Link
from personality import Personalities

DB = pathlib.Path("/usr/share/nmap/nmap-os-db")
NMAP = "/usr/bin/nmap"
AT_ONCE = 25  # more hosts at once, and Nmap is late with its probes
# What a round comes from: numbers that are measured, not chosen.
MEASURED = ("SP", "GCD", "ISR")


@dataclasses.dataclass
class Entry:
    line: int
    name: str
    tests: dict = dataclasses.field(default_factory=dict)  # "SEQ": {"SP": "0-5", ...}


def fields(body):
    return dict(field.split("=", 1) for field in body.split("%") if "=" in field)


def read_entries():
    entries = []
    for line, text in enumerate(DB.read_text(errors="replace").splitlines(), 1):
        if text.startswith("Fingerprint "):
            entries.append(Entry(line, text[12:].strip()))
        elif entries and (found := re.fullmatch(r"([A-Z0-9]+)\((.*)\)\s*", text)):
            entries[-1].tests[found[1]] = fields(found[2])
    return entries


def allows(expression, value):
    """For plain hex numbers: alternatives, ranges, < and >."""
    number = int(value, 16)
    for one in expression.split("|"):
        if one[0] in "<>":
            if (number < int(one[1:], 16)) if one[0] == "<" else (number > int(one[1:], 16)):
                return True
            continue
        low, _, high = one.partition("-")
        if int(low, 16) <= number <= int(high or low, 16):
            return True
    return False


@dataclasses.dataclass
class Found:
    matches: list  # (line, name, accuracy), the best first
    tests: dict    # of the print: {"SEQ": {"SP": ...}}

    def is_perfect(self, entry):
        """Of equal names only one is reported, and of more than 36 none."""
        if not self.matches:
            return False
        return any(accuracy == 100 and (line == entry.line or name == entry.name)
                   for line, name, accuracy in self.matches)

    def is_top(self, entry):
        best = max((accuracy for _, _, accuracy in self.matches), default=None)
        return any(accuracy == best and (line == entry.line or name == entry.name)
                   for line, name, accuracy in self.matches)


def found_in(host):
    matches = [(int(match.get("line")), match.get("name"), int(match.get("accuracy")))
               for match in host.findall("os/osmatch")]
    shown = host.find("os/osfingerprint")
    text = re.sub(r"\nOS:|^OS:|\n", "", shown.get("fingerprint") if shown is not None else "")
    tests = {}
    for name, body in re.findall(r"([A-Z0-9]+)\(([^)]*)\)", text):
        tests.setdefault(name, fields(body))
    tests.pop("SCAN", None)
    return Found(matches, tests)


class Crowd:
    """A link with all entries on it, and what a scanner finds in a sample of them."""

    def __init__(self, link, tool, folder):
        self.link, self.tool, self.folder = link, tool, folder
        self.entries = read_entries()
        count = len(self.entries) if os.environ.get("PERSONALITY_ALL") else \
            int(os.environ.get("PERSONALITY_COUNT", "60"))
        step = len(self.entries) / count
        self.sample = [int(step * (number + 0.5)) for number in range(count)]
        # A small sample on a busy machine may miss one more.
        self.enough = 0.98 if count >= 300 else 0.95

    def find(self, program, *argv):
        """{entry: Found} of the sample. Most entries say how even the probes' times must be
        (SP, ISR), so what was not found on a busy machine is asked once more."""
        found = self.scan(self.sample, program, *argv)
        missed = [number for number in self.sample
                  if number not in found or not found[number].is_perfect(self.entries[number])]
        if missed:
            again = self.scan(missed, program, *argv)
            found |= {number: one for number, one in again.items()
                      if one.is_perfect(self.entries[number])}
        return found

    def scan(self, numbers, program, *argv, drop=0):
        """{entry: Found}"""
        with Personalities(self.link, "wire0", self.tool, DB, drop=drop) as hosts:
            assert hosts.hosts == len(self.entries)
            targets = self.folder / "targets"
            targets.write_text("\n".join(map(hosts.address, numbers)))
            done = self.link.scan(self.folder, program, "-O", "-Pn", "-n", "-p", "22,1", "-d",
                                  "-oX", self.folder / "report.xml", "-iL", targets,
                                  *argv, timeout=60 + 3 * len(numbers))
            assert done.returncode == 0, done.stderr
            root = tree.parse(self.folder / "report.xml").getroot()
            found = {hosts.entry(host.find("address").get("addr")): found_in(host)
                     for host in root.findall("host")}
        assert hosts.process.returncode == 0 and bool(hosts.counts["dropped"]) == bool(drop)
        return found

    def fraction(self, found, holds):
        """How many of the sample it holds for; prints the others."""
        good = 0
        for number in self.sample:
            entry, one = self.entries[number], found.get(number, Found([], {}))
            good += holds(one, entry)
            if not holds(one, entry):
                print(f"line {entry.line} {entry.name}: {one.matches[:3]} {one.tests.get('SEQ')}")
        return good / len(self.sample)


@pytest.fixture(scope="module")
def crowd(namespaces, portolan, tmp_path_factory):
    tool = portolan.parent / "test/personality"
    if not DB.exists() or not shutil.which(NMAP):
        pytest.skip("nmap and its os-db are not installed")
    assert tool.exists(), f"{tool} is not built"
    with Link("person") as link:
        yield Crowd(link, tool, tmp_path_factory.mktemp("personality"))


@pytest.fixture(scope="module")
def nmaps(crowd):
    return crowd.find(NMAP, "--max-os-tries", "1", "--max-hostgroup", AT_ONCE)


@pytest.fixture(scope="module")
def ours(crowd, portolan):
    return crowd.find(portolan, "--max-os-tries", "1", "--osdb", DB)


def test_nmap_finds_the_entry_a_host_was_made_of(crowd, nmaps):
    assert crowd.fraction(nmaps, Found.is_perfect) >= crowd.enough


def test_portolan_finds_the_entry_a_host_was_made_of(crowd, ours):
    assert crowd.fraction(ours, Found.is_perfect) >= crowd.enough


def agree(entry, name, mine, theirs):
    """One test's line; what is measured must be what the entry allows."""
    if mine is None or theirs is None:
        return mine == theirs
    wanted = entry.tests.get(name, {})
    return all(mine.get(key) == theirs.get(key) or
               (key in MEASURED and key in mine and key in theirs and
                allows(wanted.get(key, ">0"), mine[key]) and allows(wanted.get(key, ">0"), theirs[key]))
               for key in {**mine, **theirs})


def test_both_see_the_same_print(crowd, nmaps, ours):
    lines = same = 0
    for number in crowd.sample:
        entry = crowd.entries[number]
        mine, theirs = ours[number].tests, nmaps[number].tests
        for name in {**mine, **theirs}:
            lines += 1
            if agree(entry, name, mine.get(name), theirs.get(name)):
                same += 1
            else:
                print(f"line {entry.line} {entry.name} {name}: {mine.get(name)} {theirs.get(name)}")
    assert lines >= 11 * len(crowd.sample)
    assert same / lines >= 0.99


def test_the_entry_is_found_in_spite_of_loss(crowd, portolan):
    found = crowd.scan(crowd.sample, portolan, "--osdb", DB, drop=23)
    assert crowd.fraction(found, Found.is_top) >= 0.95


# IPv6

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "data/os6/samples"


def packets_of(text):
    """{probe: list of a reply's bytes, None for those of addresses}"""
    found = {}
    for name, packed in re.findall(r"([A-Z0-9]+)\(P=([0-9A-Fa-fX{}]+)%", text):
        found[name] = [None if byte == "XX" else int(byte, 16)
                       for byte, times in re.findall(r"(XX|[0-9a-f]{2})(?:\{(\d+)\})?", packed)
                       for _ in range(int(times or 1))]
    return found


def looks(packet):
    """What a stack shows: header fields, and TCP's flags, window and options, but no
    numbers, ports and checksums."""
    return packet[:8], packet[52:56] + packet[60:] if packet[6] == 6 else packet[40:42]


def sees_again(crowd, program, tool, folder):
    files = sorted(SAMPLES.glob("*.txt"), key=lambda path: path.name)
    places = range(0, len(files), 1 if os.environ.get("PERSONALITY_ALL") else 8)
    with Personalities(crowd.link, "wire0", tool, replay=SAMPLES) as hosts:
        assert hosts.hosts == len(files)
        done = crowd.link.scan(folder, program, "-6", "-O", "-Pn", "-n", "-p", "22,1", "-d", "-oX",
                               folder / "report.xml", *map(hosts.address6, places), timeout=300)
    assert done.returncode == 0, done.stderr
    for host in tree.parse(folder / "report.xml").getroot().findall("host"):
        address = host.find("address").get("addr")
        path = files[int(address.rpartition(":")[2], 16) - 0x1000]
        shown = host.find("os/osfingerprint").get("fingerprint")
        seen = packets_of(re.sub(r"\nOS:|^OS:|\n", "", shown))
        yield path.name, seen, packets_of(path.read_text())


def test_what_ipv6_stacks_said_is_seen_again(crowd, portolan, tmp_path):
    hosts = 0
    for name, seen, known in sees_again(crowd, portolan, crowd.tool, tmp_path):
        hosts += 1
        assert seen.keys() == known.keys(), name
        for probe, packet in known.items():
            assert looks(seen[probe]) == looks(packet), f"{name} {probe}"
    assert hosts >= 13
