"""Nmap's own scripts, where the user has them, run by both programs on the same servers: the
same structured output. The list is scripts/nmap_own.py; it is printed with what differs."""
import concurrent.futures
import os

import pytest

import script_engine
import script_judge
import script_lab

CASES = script_lab.wanted_cases("NMAP_OWN")
ENOUGH_SCRIPTS = 60


def path_of(case):
    """Not by name: ours of that name would be first."""
    return str(script_engine.NMAP_DATA / f"scripts/{case.script}.nse")


@pytest.fixture(scope="module")
def comparisons(script_labs, portolan):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(
            lambda engine: script_lab.Answers(script_labs, engine, CASES, path_of),
            (script_engine.nmaps_scripts(portolan), script_engine.nmap()))
    made = script_lab.compare(ours, theirs)
    print(f"\nNMAP'S OWN SCRIPTS, RUN BY BOTH: {script_judge.table(made.values())}")
    return made


@pytest.mark.parametrize("case", CASES, ids=script_lab.name_of)
def test_it_says_the_same_under_both(comparisons, script_labs, case):
    if why := script_lab.why_not(script_labs, case):
        pytest.skip(f"{case.server}: {why}")
    assert comparisons[case].theirs is not None, "nmap says nothing: there is nothing to compare"
    assert comparisons[case].equal(), "\n".join(comparisons[case].lines())


def test_enough_of_them_say_the_same(comparisons):
    equal = script_judge.equal_scripts(comparisons.values())
    if script_lab.WANTED or os.environ.get("CI") != "true":
        pytest.skip(f"{len(equal)} OF NMAP'S SCRIPTS SAY THE SAME: only CI wants {ENOUGH_SCRIPTS}")
    assert len(equal) >= ENOUGH_SCRIPTS, " ".join(sorted(equal))
