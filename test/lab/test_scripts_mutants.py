"""Our scripts on what the real servers of their cases answer, changed on the way (script_mutant.py): no
script dies of a Lua error, and every run ends. SCRIPT_SEEDS="7 8" takes other seeds."""
import concurrent.futures
import dataclasses
import os
import subprocess

import pytest

import script_engine
import script_lab
import script_mutant
from script_report import FAILED

SEEDS = os.environ.get("SCRIPT_SEEDS", "1").split()
SCRIPT_SECONDS = 20


class Mutant:
    """A host that stands before all servers of a lab: 10.91.3.N is 10.91.1.N, changed."""

    def __init__(self, lab, seed, number):
        self.lab, self.prefix = lab, f"10.91.{3 + number}."
        pairs = [f"{self.address(lab.address(name))}={lab.address(name)}/" +
                 ",".join(f"{transport}:{port}" for transport, port in sorted(lab.ports_of(name)))
                 for name in lab.numbers if {one[0] for one in lab.ports_of(name)} & {"tcp", "udp"}]
        host = lab.network.host(f"mutant{number}", self.prefix + "250")
        for pair in pairs:
            host.ip("addr", "add", pair.partition("=")[0] + "/16", "dev", "eth0")
        self.process = host.popen("/usr/bin/python3", script_mutant.__file__, seed, *pairs,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def address(self, real):
        return self.prefix + real.rpartition(".")[2]


def jobs(lab, mutant):
    """The runs of all cases that have a port, on the mutant, whatever the rules say."""
    cases = [case for case in script_lab.wanted_cases("CASES") if case in lab.cases and
             case.port and not case.tls and case.server and not lab.why_not(case.server)]
    for job, _ in script_lab.jobs_of(lab, cases):
        yield dataclasses.replace(
            job, address=mutant.address(job.address), scripts=tuple("+" + name for name in job.scripts),
            version=(), options=(*job.options, "--script-timeout", f"{SCRIPT_SECONDS}s"))


@pytest.fixture(scope="module")
def runs(script_labs, portolan):
    """[(seed, Job, its Report or what went wrong)]"""
    engine = script_engine.engine(portolan)
    lab = max(script_labs, key=lambda lab: len(lab.cases))
    wanted = [(seed, job) for number, seed in enumerate(SEEDS)
              for job in jobs(lab, Mutant(lab, seed, number))]

    def one(seed, job):
        try:
            return seed, job, lab.run(engine, job)
        except subprocess.TimeoutExpired:
            return seed, job, f"not over after {script_lab.RUN_SECONDS} s"
        except AssertionError as error:
            return seed, job, str(error)
    with concurrent.futures.ThreadPoolExecutor(2 * script_lab.AT_ONCE) as pool:
        yield list(pool.map(lambda pair: one(*pair), wanted))
    engine.close()


def told(seed, job, what):
    return f"seed {seed}: {','.join(job.scripts)} on {job.ports}: {what}"


def test_every_run_ends_well(runs):
    failed = [told(*one) for one in runs if isinstance(one[2], str)]
    assert runs and not failed, "\n" + "\n".join(failed)


def test_no_script_dies(runs):
    died = [told(seed, job, f"{result.script}: {result.text}") for seed, job, report in runs
            if not isinstance(report, str) for result in report.results() if FAILED in result.text]
    assert not died, "\n" + "\n".join(died)


def test_much_of_it_is_still_understood(runs):
    """Or the scripts never got far: what is changed is a part of each answer only."""
    said = {result.script for _, _, report in runs if not isinstance(report, str) for result in report.results()}
    print(f"\n{len(runs)} runs; {len(said)} scripts said something of changed answers")
    assert len(said) >= len({name for _, job, _ in runs for name in job.scripts}) / 3


def test_the_mutants_do_change_something():
    source = script_mutant.random.Random(1)
    changed = [script_mutant.mutate(b"an answer of a server", source) for _ in range(200)]
    assert len(set(changed)) > 100
