"""Our scripts against real servers: what the tables in scripts/*.py say they say. And beside
Debian's nmap with its own scripts of the same names, where a case says that both say the same.

    SCRIPT_ENGINE=nmap   Debian's nmap runs them: proves scripts and cases without our engine
    SCRIPTS="http-title ..."    only their cases (shell patterns)"""
import concurrent.futures
import fnmatch
import os

import pytest

import script_engine
import script_judge
import script_lab

TABLES = script_lab.load_tables()
WANTED = os.environ.get("SCRIPTS", "").split()
CASES = [case for cases in TABLES.values() for case in cases
         if not WANTED or any(fnmatch.fnmatchcase(case.script, one) for one in WANTED)]
# Other machines have other kernels: a few servers may not start there, and are told.
STARTED = 0.97
# Scripts that say what Nmap's of the same name say.
ENOUGH_EQUAL = 60
IN_CI = os.environ.get("CI") == "true"


def name_of(case):
    parts = [case.script, case.server or "nothing", f"{case.transport}{case.port or ''}"]
    return "-".join(parts + ["tls"] * case.tls + [case.args] * bool(case.args))


@pytest.fixture(scope="module")
def engine(portolan):
    made = script_engine.engine(portolan)
    yield made
    made.close()


class Answers:
    """What an engine said of all cases. What is wrong is asked once more, alone: hundreds of
    servers on two processors are sometimes too busy."""

    def __init__(self, labs, engine, cases):
        self.labs, self.engine = labs, engine
        self.reports = {}
        for lab in labs:
            mine = [case for case in cases if case in lab.cases and not lab.why_not(case.server)]
            self.reports.update(script_lab.answers(lab, engine, mine))
        self.again = {}

    def lab_of(self, case):
        return next(lab for lab in self.labs if case in lab.cases)

    def complaints(self, case):
        place = self.lab_of(case).place(case)
        wrong = script_judge.complaints(case, self.reports[case], place)
        if wrong:
            wrong = script_judge.complaints(case, self.second(case), place)
        return wrong

    def second(self, case):
        if case not in self.again:
            lab = self.lab_of(case)
            self.again[case] = script_lab.answers(lab, self.engine, [case], alone=True)[case]
        return self.again[case]


@pytest.fixture(scope="module")
def labs(namespaces):
    """The lab of all; and one for each server whose cases are to be alone."""
    together = [case for case in CASES if not case.alone]
    apart = {}
    for case in CASES:
        if case.alone:
            apart.setdefault(case.server, []).append(case)
    made = []
    try:
        for cases in (together, *apart.values()):
            if cases:
                made.append(script_lab.ScriptLab(cases))
        yield made
    finally:
        for lab in made:
            lab.close()


@pytest.fixture(scope="module")
def both(labs, engine):
    """(what the engine says, what Nmap says with its own scripts)"""
    beside = [case for case in CASES if case.same_as_nmap]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours = pool.submit(Answers, labs, engine, CASES)
        theirs = pool.submit(Answers, labs, script_engine.nmap(), beside)
        return ours.result(), theirs.result()


def test_every_script_has_a_case():
    known = {case.script for cases in TABLES.values() for case in cases}
    without = [name for name in script_engine.our_scripts() if name not in known]
    assert not without, f"no case in test/lab/scripts: {' '.join(without)}"


def test_every_case_has_a_script():
    gone = sorted({case.script for case in CASES} - set(script_engine.our_scripts()))
    assert not gone, f"not in scripts/: {' '.join(gone)}"


def test_every_server_starts(labs):
    failed = {name: why for lab in labs for name, why in lab.failed.items()}
    tried = {script_lab.server_of(case) for case in CASES}
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


def why_not(labs, case):
    return next((lab.why_not(case.server) for lab in labs if case in lab.cases), "")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_it_says_what_it_should(both, labs, case):
    if why := why_not(labs, case):
        pytest.skip(f"{case.server}: {why}")
    wrong = both[0].complaints(case)
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def comparisons(both, labs):
    """One for each case that is to say what Nmap's script says; the list is printed."""
    ours, theirs = both
    made = {}
    for case in theirs.reports:
        place = ours.lab_of(case).place(case)

        def compared(one, other):
            return script_judge.compare(case.script, name_of(case), one, other, place, case.masked)
        made[case] = compared(theirs.reports[case], ours.reports[case])
        if not made[case].equal():
            made[case] = compared(theirs.second(case), ours.second(case))
    lines = [line for one in sorted(made.values(), key=lambda one: one.lines())
             for line in one.lines()]
    print(f"\n{len(made)} compared with Nmap's own, {len(equal_scripts(made.values()))} scripts equal\n" +
          "\n".join(lines))
    return made


def equal_scripts(comparisons):
    """Those that say the same, and something, wherever they were compared."""
    said = {one.script for one in comparisons if one.theirs is not None}
    return said - {one.script for one in comparisons if not one.equal()}


def test_they_say_what_nmaps_say(comparisons):
    differing = [line for one in comparisons.values() if not one.equal() for line in one.lines()]
    assert not differing, "\n" + "\n".join(differing)


def test_enough_of_them_say_what_nmaps_say(comparisons):
    equal = equal_scripts(comparisons.values())
    if WANTED or not IN_CI:
        pytest.skip(f"{len(equal)} SCRIPTS SAY WHAT NMAP'S SAY: only CI wants {ENOUGH_EQUAL}")
    assert len(equal) >= ENOUGH_EQUAL, " ".join(sorted(equal))
