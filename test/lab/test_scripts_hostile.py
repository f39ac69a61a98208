"""Our scripts, forced on servers that mean no good: the run ends, no script dies of a Lua error,
and the program stays small. SCRIPTS="http-*" takes only some.

What each kind of server does, and which scripts meet it, is in script_hostile.py."""
import concurrent.futures
import fnmatch
import os
import pathlib
import re
import subprocess
import time

import pytest

import script_engine
import script_hostile
import script_report
from link import Link

PORT = 445      # so that scripts about a host, which look for the ports of SMB, find one
# No measure of speed: a run that is not over by then hangs. A script that a server leads on for
# ever is ended by --script-timeout; which ones that were is printed.
SCRIPT_SECONDS = int(os.environ.get("SCRIPT_SECONDS", "25"))
HANG_SECONDS = int(os.environ.get("HANG_SECONDS", "240"))
MEMORY_MEGABYTES = 300
WANTED = os.environ.get("SCRIPTS", "*").split()
ADDRESSES = {kind: f"10.89.1.{20 + number}" for number, kind in enumerate(script_hostile.KINDS)}
KIND_AT = {address: kind for kind, address in ADDRESSES.items()}


def ours(patterns):
    """Our scripts of these names."""
    return [name for name in script_engine.our_scripts()
            if any(fnmatch.fnmatchcase(name, one) for one in patterns) and
            any(fnmatch.fnmatchcase(name, one) for one in WANTED)]


def groups():
    """{patterns: kinds}: the kinds that meet the same scripts are one run."""
    made = {}
    for kind, patterns in script_hostile.KINDS.items():
        made.setdefault(patterns, []).append(kind)
    return made


@pytest.fixture(scope="module")
def link(namespaces):
    with Link("scripts") as made:
        for address in ADDRESSES.values():
            made.give(made.target, "wire0", address + "/24")
        process = made.target.popen(
            "/usr/bin/python3", script_hostile.__file__, PORT,
            *(f"{kind}@{address}" for kind, address in ADDRESSES.items()),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        yield made
        assert process.poll() is None, "the hostile servers died"


class Scan:
    """One run: scripts, forced, on kinds of servers. It debugs, so that it tells which script died
    of what, and which did not come to an end."""

    def __init__(self, link, folder, engine, transport, kinds, scripts):
        self.scripts, self.kinds, self.transport = scripts, kinds, transport
        self.engine = engine
        folder.mkdir()
        begun = time.monotonic()
        argv = ["/usr/bin/time", "-o", folder / "peak", "-f", "%M", "timeout", "-k", "5", HANG_SECONDS,
                *engine.argv, "-n", "-Pn", "-T4", "-d", {"tcp": "-sS", "udp": "-sU"}[transport],
                "-p", PORT, "--max-parallelism", "600", "--script", ",".join("+" + name for name in scripts),
                "--script-timeout", f"{SCRIPT_SECONDS}s", "-oX", folder / "report.xml",
                *(ADDRESSES[kind] for kind in kinds)]
        with open(folder / "log", "wb") as log:
            self.status = subprocess.run(
                ["ip", "netns", "exec", link.scanner.name, *map(str, argv)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=folder,
                env=link.environment(folder, **engine.environment(folder))).returncode
        self.seconds = time.monotonic() - begun
        self.megabytes = int((folder / "peak").read_text().split()[-1]) / 1024
        self.log = (folder / "log").read_text(errors="replace")
        report = folder / "report.xml"
        self.results = script_report.read_all(report.read_text()) if self.status == 0 else {}

    def place(self, where):
        """"http-chunks/tcp" of "... 10.89.1.30:445 ..." """
        address = re.search(r"10\.89\.1\.\d+", where)
        return KIND_AT.get(address.group() if address else "", where) + "/" + self.transport

    def texts(self, pattern):
        """["script (kind): text"] of the results that match."""
        return sorted(f"{result.script} ({self.place(address)}): {result.text[:300]}"
                      for address, report in self.results.items() for result in report.results()
                      if re.search(pattern, result.text))

    def died(self):
        """["script (kind): what it died of"]"""
        found = []
        for one in re.finditer(r"^NSE: (?:\[[^]]*\] )?(\S+) (?:M:\w+ )?against (\S+) threw an error!\n(.*)", self.log, re.M):
            found.append(f"{one.group(1)} ({self.place(one.group(2))}): {one.group(3)[:200]}")
        return sorted(set(found)) + self.texts(script_report.FAILED)

    def late(self):
        """Those that were ended, or were not over with the run."""
        ended = re.findall(r"^NSE: (?:\[[^]]*\] )?(\S+?) (?:M:\w+ )?against (\S+) timed out", self.log, re.M)
        open_ones = set(re.findall(r"^NSE: Starting (\S+) (?:M:\w+ )?against (\S+?)\.$", self.log, re.M))
        open_ones -= set(re.findall(r"^NSE: Finished (\S+) (?:M:\w+ )?against (\S+?)\.$", self.log, re.M))
        told = [f"{name} ({self.place(where)}): timed out" for name, where in ended]
        if self.status:
            told += [f"{name} ({self.place(where)}): not over" for name, where in open_ones]
        return sorted(told) + self.texts(r"(?:^|\n)stopped")


@pytest.fixture(scope="module")
def scans(link, portolan, release, tmp_path_factory):
    """All runs with the sanitized program; and of the scripts for everybody one with that whose
    memory is measured."""
    folder = tmp_path_factory.mktemp("hostile")
    folder.chmod(0o755)
    engine = script_engine.engine(portolan)
    same = engine.name != "portolan" or release == portolan
    wanted = [(engine, "tcp", kinds, ours(patterns)) for patterns, kinds in groups().items()]
    everybody = groups()[script_hostile.EVERYBODY]
    if not same:
        wanted.append((script_engine.engine(release), "tcp", everybody, ours(["*"])))
    datagrams = ours([*script_hostile.DNS, "snmp-*", "ntp-*", "ipmi-*", "sip-*", "coap-*", "rpcinfo", "upnp-*"])
    wanted.append((engine, "udp", [*everybody, "dns", "asn1", "lengths"], datagrams))
    with concurrent.futures.ThreadPoolExecutor(len(wanted)) as pool:
        runs = [pool.submit(Scan, link, folder / str(number), *one)
                for number, one in enumerate(wanted) if one[3]]
        made = [run.result() for run in runs]
    engine.close()
    for one in made:
        one.measured = same or one.engine is not engine
        late = one.late()
        print(f"\n{len(one.scripts)} scripts, {one.transport}, {', '.join(one.kinds)}: {one.seconds:.0f} s, "
              f"{one.megabytes:.0f} MB" + "".join("\n    " + line for line in late))
    return made


def test_there_are_scripts_for_every_kind():
    if WANTED != ["*"]:
        pytest.skip("only some scripts are tried")
    without = [kind for kind, patterns in script_hostile.KINDS.items() if not ours(patterns)]
    assert not without


def test_all_runs_end_well(scans):
    failed = [f"{one.transport} {one.kinds}: status {one.status}\n{one.log[-1500:]}\n" + "\n".join(one.late())
              for one in scans if one.status]
    assert scans and not failed, "\n".join(failed)


def test_no_script_dies(scans):
    died = [line for one in scans for line in one.died()]
    assert not died, "\n" + "\n".join(died)


def test_no_script_needs_the_limit_of_memory(scans):
    """Ours read so much and no more by themselves."""
    stopped = [line for one in scans for line in one.texts(r"stopped: .*(?:memory|byte)")]
    assert not stopped, "\n" + "\n".join(stopped)


def test_what_they_say_is_short(scans):
    """No host makes a script say a megabyte."""
    long = [f"{result.script} ({KIND_AT[address]}): {len(result.text)}"
            for one in scans for address, report in one.results.items()
            for result in report.results() if len(result.text) > 200_000]
    assert not long


def test_the_memory_is_bounded(scans):
    """Of the program without sanitizers, which multiply it."""
    measured = [one.megabytes for one in scans if one.measured]
    assert measured and max(measured) < MEMORY_MEGABYTES
