"""Scripts that mean no good (bad_scripts/), each beside one that means well: it ends, it is told why,
the other says what it has to say, and the program goes on, ends well and stays small.

They bring a scanner down that has no quotas, so Nmap is not tried (but SCRIPT_ENGINE=nmap skips)."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import time

import pytest

import hostile
import script_engine
import script_report
from link import Link

FOLDER = pathlib.Path(__file__).resolve().parent / "bad_scripts"
FIRST = 21000
ENDLESS, ECHO = (FIRST + hostile.KINDS.index(kind) for kind in ("endless", "echo"))
ADDRESS = "10.89.1.10"
LIMITS = "cpu=1s,memory=32M,sockets=64,in=8M,out=4M"
# No measure of speed: a second of processor time may be many in CI.
HANG_SECONDS, TIMEOUT_SECONDS = 150, 4
MEMORY_MEGABYTES = 300
AT_ONCE = int(os.environ.get("SCRIPT_RUNS", 2 * os.cpu_count()))

STOPPED = "^stopped: "
TIME = r"stopped: .*(?:time|instruction)"
MEMORY = r"stopped: .*memory"
# What each is told of; None: nothing.
EXPECTED = {
    "loop": TIME, "loop-pcall": TIME, "loop-coroutine": TIME, "loop-hook": TIME, "loop-rule": TIME,
    "loop-sort": TIME, "loop-load": TIME, "loop-tostring": TIME, "loop-pairs": r"\.\.\.$|" + TIME,
    "loop-error": f"{TIME}|{script_report.FAILED}", "loop-gc": STOPPED,
    "allocate": MEMORY, "allocate-string": MEMORY, "allocate-pcall": MEMORY, "allocate-registry": MEMORY,
    "allocate-rep": "^refused 20$|" + MEMORY, "allocate-gc": STOPPED, "allocate-result": STOPPED,
    "deep-result": r"stopped: |\S",
    "recurse": f"stopped: |{script_report.FAILED}", "recurse-index": f"stopped: |{script_report.FAILED}",
    "recurse-pcall": STOPPED, "recurse-coroutine": f"stopped: |{script_report.FAILED}",
    "backtrack": STOPPED, "backtrack-gsub": STOPPED,
    "yield": None, "yield-oddly": f"^$|stopped: |{script_report.FAILED}", "yield-close": "^still here$",
    "mutex-dies": script_report.FAILED, "mutex-loops": TIME,
    "condvar": None, "sleep": None, "workers": STOPPED, "workers-nested": STOPPED,
    "worker-loops": TIME, "sockets": STOPPED, "sockets-unopened": STOPPED,
    "read": STOPPED, "read-buffer": STOPPED, "write": STOPPED,
    "exit": "^still here$", "bytecode": f"^loaded: false$|{script_report.FAILED}",
    "metatable": "^changed$", "files": "refused", "reads-a-file": "^refused$", "runs-a-program": "^refused$",
}
# These wait: --script-timeout ends them, which as in Nmap only those hear who debug.
WAITS = {"condvar", "sleep"}
EATS_MEMORY = ("allocate", "read", "workers", "sockets", "loop-sort", "loop-gc")
GRANTS = {"files": "reads-a-file", "processes": "runs-a-program"}
OTHERS = {"good", "waits-for-mutex", "top"}


@pytest.fixture(scope="module")
def link(namespaces):
    with Link("bad") as made:
        made.give(made.target, "wire0", ADDRESS + "/24")
        process = made.target.popen(
            "/usr/bin/python3", hostile.__file__, FIRST, len(hostile.KINDS), ADDRESS,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "ready\n"
        yield made
        assert process.poll() is None, "the servers died"


class Run:
    """One run of a bad script with a good one, under LIMITS."""

    def __init__(self, link, folder, program, name, *more):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        scripts = [name, "good"] + ["waits-for-mutex"] * name.startswith("mutex")
        timeout = ["-d", "--script-timeout", f"{TIMEOUT_SECONDS}s"] if name in WAITS else []
        begun = time.monotonic()
        argv = ["/usr/bin/time", "-o", folder / "peak", "-f", "%M", "timeout", "-k", "5", HANG_SECONDS,
                program, "--no-journal", "-n", "-Pn", "-sT", "-p", ECHO, "--script-limits", LIMITS,
                *timeout, *more,
                "--script", ",".join(f"{FOLDER}/{one}.nse" for one in scripts),
                "-oX", folder / "report.xml", ADDRESS]
        self.done = subprocess.run(
            ["ip", "netns", "exec", link.scanner.name, *map(str, argv)], stdin=subprocess.DEVNULL,
            capture_output=True, cwd=folder, env=link.environment(folder))
        self.seconds = time.monotonic() - begun
        self.megabytes = int((folder / "peak").read_text().split()[-1]) / 1024
        self.results = {}
        if self.done.returncode == 0:
            report = script_report.read((folder / "report.xml").read_text())
            self.results = {one.script: one for one in report.results()}

    def why(self):
        return (self.done.stdout + self.done.stderr).decode(errors="replace")[-3000:]

    def text(self, script):
        return self.results[script].text if script in self.results else None


@pytest.fixture(scope="module")
def runs(link, portolan, release, tmp_path_factory):
    """{name: Run} with the sanitized program; {("release", name)} of what eats memory."""
    if os.environ.get("SCRIPT_ENGINE") == "nmap":
        pytest.skip("NMAP HAS NO QUOTAS: NOT TRIED")
    folder = tmp_path_factory.mktemp("bad")
    folder.chmod(0o755)
    wanted = {name: (portolan, name) for name in EXPECTED}
    for name in EXPECTED:
        if name.startswith(EATS_MEMORY) and release != portolan:
            wanted["release", name] = (release, name)
    for grant, name in GRANTS.items():
        wanted["granted", grant] = (portolan, name, "--script-allow", grant)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        made = dict(zip(wanted, pool.map(
            lambda pair: Run(link, folder / str(pair[0]), *pair[1]), enumerate(wanted.values()))))
    for key, run in made.items():
        print(f"{str(key):36} {run.seconds:5.1f} s {run.megabytes:5.0f} MB  status {run.done.returncode}  " +
              "; ".join(f"{script}: {one.text[:70]!r}" for script, one in sorted(run.results.items())))
    return made


def test_every_bad_script_is_tried():
    assert {path.stem for path in FOLDER.glob("*.nse")} == set(EXPECTED) | OTHERS


@pytest.mark.parametrize("name", EXPECTED)
def test_the_run_goes_on(runs, name):
    run = runs[name]
    assert run.done.returncode == 0, f"status {run.done.returncode} after {run.seconds:.0f} s: {run.why()}"
    good = run.results.get("good")
    assert good, f"the other script says nothing: {run.results} {run.why()}"
    assert good.value.named == {"ran": "true", "connected": "true", "found": "3"}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_is_told_what_became_of_it(runs, name):
    said, wanted = runs[name].text(name), EXPECTED[name]
    if wanted is None:
        assert said is None
    else:
        assert said is not None, f"nothing is said of it: {runs[name].why()}"
        assert re.search(wanted, said), f"{len(said)} bytes: {said[:300]}"


@pytest.mark.parametrize("name", sorted(WAITS))
def test_what_waits_is_told_to_who_debugs(runs, name):
    assert re.search(rf"NSE: .*{name} .*against {ADDRESS}:{ECHO} timed out", runs[name].why())


@pytest.mark.parametrize("name", ["mutex-dies", "mutex-loops"])
def test_what_the_dead_held_is_given_to_others(runs, name):
    assert runs[name].text("waits-for-mutex") == "it was given"


def test_the_memory_is_bounded(runs, portolan, release):
    """Of the program without sanitizers, which multiply it."""
    measured = {key: run.megabytes for key, run in runs.items() if release == portolan or key[0] == "release"}
    assert measured and max(measured.values()) < MEMORY_MEGABYTES, measured


def test_files_and_programs_are_closed_to_scripts(runs):
    told = runs["files"].results["files"].value.named
    assert len(told) == 14 and set(told.values()) == {"refused"}
    assert not pathlib.Path("/tmp/portolan-lab-written").exists()


@pytest.mark.parametrize("grant", GRANTS)
def test_a_grant_opens_what_it_is_for(runs, grant):
    assert runs["granted", grant].text(GRANTS[grant]) == "done"


def test_a_script_that_does_not_load_ends_the_program_soon(link, portolan, tmp_path):
    """As every script that does not load: it says so, and nothing is scanned."""
    if os.environ.get("SCRIPT_ENGINE") == "nmap":
        pytest.skip("NMAP HAS NO QUOTAS: NOT TRIED")
    run = Run(link, tmp_path / "run", portolan, "top")
    assert run.done.returncode not in (0, 124, 137), run.why()
    assert "top" in run.why() and "stopped: " in run.why()
