"""Our scripts against real servers: what the tables in scripts/*.py say they say. And beside
Debian's nmap with its own scripts of the same names, where a case says that both say the same.

    SCRIPT_ENGINE=nmap   Debian's nmap runs them: proves scripts and cases without our engine
    SCRIPTS="http-title ..."    only their cases (shell patterns)"""
import concurrent.futures
import os

import pytest

import script_engine
import script_judge
import script_lab

TABLES = script_lab.load_tables("CASES")
CASES = script_lab.wanted_cases("CASES")
# Other machines have other kernels: a few servers may not start there, and are told.
STARTED = 0.97
# Scripts that say what Nmap's of the same name say.
ENOUGH_EQUAL = 60
IN_CI = os.environ.get("CI") == "true"


@pytest.fixture(scope="module")
def engine(portolan):
    made = script_engine.engine(portolan)
    yield made
    made.close()


@pytest.fixture(scope="module")
def labs(script_labs):
    return script_labs


@pytest.fixture(scope="module")
def both(labs, engine):
    """(what the engine says, what Nmap says with its own scripts)"""
    beside = [case for case in CASES if case.same_as_nmap]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours = pool.submit(script_lab.Answers, labs, engine, CASES)
        theirs = pool.submit(script_lab.Answers, labs, script_engine.nmap(), beside)
        answers = ours.result(), theirs.result()
    for lab in labs:
        print("\n".join([f"\n{len(lab.took)} runs, the slowest:", *lab.slowest()]))
    return answers


def test_every_script_has_a_case():
    known = {case.script for cases in TABLES.values() for case in cases}
    without = [name for name in script_engine.our_scripts() if name not in known]
    assert not without, f"no case in test/lab/scripts: {' '.join(without)}"


def test_every_case_has_a_script():
    gone = sorted({case.script for case in CASES} - set(script_engine.our_scripts()))
    assert not gone, f"not in scripts/: {' '.join(gone)}"


def test_every_server_starts(labs):
    failed = {name: why for lab in labs for name, why in lab.failed.items()}
    tried = {name for lab in labs for name in lab.numbers}
    told = "\n".join(f"{name}: {why}" for name, why in sorted(failed.items()))
    assert len(failed) <= (1 - STARTED) * len(tried), f"\n{told}"
    if failed:
        pytest.skip(f"{len(failed)} SERVERS DID NOT START: {told}")


def test_nothing_is_left_out(labs):
    """Packages that cannot be had are told, aloud; in CI all are to be had."""
    skipped = {name: why for lab in labs for name, why in lab.skipped.items()}
    told = "\n".join(f"{name}: {why}" for name, why in sorted(skipped.items()))
    assert not (IN_CI and skipped), told
    if skipped:
        pytest.skip(f"{len(skipped)} SERVERS WERE NOT TRIED: {told}")


@pytest.mark.parametrize("case", CASES, ids=script_lab.name_of)
def test_it_says_what_it_should(both, labs, case):
    if why := script_lab.why_not(labs, case):
        pytest.skip(f"{case.server}: {why}")
    wrong = both[0].complaints(case)
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def comparisons(both):
    """{case: Comparison} of those that are to say what Nmap's script says; the list is printed."""
    made = script_lab.compare(*both)
    print(f"\nBESIDE NMAP'S OWN: {script_judge.table(made.values())}")
    return made


def test_they_say_what_nmaps_say(comparisons):
    differing = [line for one in comparisons.values() if not one.equal() for line in one.lines()]
    assert not differing, "\n" + "\n".join(differing)


def test_enough_of_them_say_what_nmaps_say(comparisons):
    equal = script_judge.equal_scripts(comparisons.values())
    if script_lab.WANTED or not IN_CI:
        pytest.skip(f"{len(equal)} SCRIPTS SAY WHAT NMAP'S SAY: only CI wants {ENOUGH_EQUAL}")
    assert len(equal) >= ENOUGH_EQUAL, " ".join(sorted(equal))
