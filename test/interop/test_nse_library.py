"""Nmap's own library and scripts, as Debian's nmap-common has them: its unit tests pass under ours as
they do under Nmap, and all of its scripts load and say of themselves what they say there.

Nothing is scanned: -sL of one address, in a network namespace without any other.
SCRIPT_ENGINE=nmap puts Nmap in our place: the tests hold for it."""
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as tree

import pytest

DATA = pathlib.Path("/usr/share/nmap")
NMAP = ["/usr/bin/nmap"]
ENOUGH_SCRIPTS, ENOUGH_TESTS = 600, 1500


@pytest.fixture(scope="module")
def ours(namespaces, portolan):
    return NMAP if os.environ.get("SCRIPT_ENGINE") == "nmap" else [str(portolan), "--no-journal"]


def run(program, folder, *argv):
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["unshare", "--net", *program, "--datadir", str(DATA), *map(str, argv)], cwd=folder,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=180,
        env={**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder), "LC_ALL": "C"})
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout + done.stderr


# The library's unit tests

def suites(text):
    """{module: (passed, of how many)}; (0, 0) of a module without tests."""
    found, module = {}, None
    for line in text.splitlines():
        if begun := re.search(r"\bTesting (\S+)$", line):
            module = begun.group(1)
            found[module] = 0, 0
        elif (ended := re.search(r"\|_(\d+) of (\d+) tests passed", line)) and module:
            found[module] = int(ended.group(1)), int(ended.group(2))
    return found


@pytest.fixture(scope="module")
def tested(ours, tmp_path_factory):
    """(ours, theirs)"""
    folder = tmp_path_factory.mktemp("unittest")
    made = []
    for name, program in (("ours", ours), ("theirs", NMAP)):
        text = run(program, folder / name, "-sL", "-n", "-d", "--script", DATA / "scripts/unittest.nse",
                   "--script-args", "unittest.run", "127.0.0.1")
        made.append((suites(text), text))
        passed = sum(one for one, _ in made[-1][0].values())
        print(f"\n{name}: {passed} tests passed in {sum(one > 0 for one, _ in made[-1][0].values())} suites, "
              f"{len(made[-1][0])} modules")
    return made


def test_nmap_has_unit_tests(tested):
    """Or there is nothing to compare."""
    assert sum(passed for passed, _ in tested[1][0].values()) >= ENOUGH_TESTS


def test_every_module_is_tested(tested):
    assert not set(tested[1][0]) - set(tested[0][0])


def test_every_suite_passes_that_passes_under_nmap(tested):
    (ours, text), (theirs, _) = tested
    worse = {module: f"{ours.get(module)} of ours, {theirs[module]} of Nmap's"
             for module in theirs if ours.get(module, (-1, 0))[0] < theirs[module][0]}
    assert not worse, f"{worse}\n{text[-3000:]}"


def test_no_test_fails(tested):
    failed = {module: counts for module, counts in tested[0][0].items() if counts[0] < counts[1]}
    assert not failed


# What scripts say of themselves

class Told:
    """--script-help of some scripts: as XML, and as text."""

    def __init__(self, program, folder, *scripts):
        xml = folder.with_suffix(".xml")
        self.text = run(program, folder, "--script-help", ",".join(map(str, scripts)), "-oX", xml)
        self.scripts = {}
        root = tree.parse(xml).getroot()
        for script in root.findall("script"):
            self.scripts[pathlib.Path(script.get("filename")).stem] = (
                frozenset(one.text for one in script.iter("category")),
                " ".join((script.findtext("description") or "").split()))


@pytest.fixture(scope="module")
def all_of_nmaps(tmp_path_factory):
    return Told(NMAP, tmp_path_factory.mktemp("help") / "theirs", "all")


@pytest.fixture(scope="module")
def help_of_ours(ours, tmp_path_factory):
    """By their folder: by name some of ours come first."""
    return Told(ours, tmp_path_factory.mktemp("help") / "ours", f"{DATA}/scripts/")


def test_all_scripts_load(all_of_nmaps, help_of_ours):
    assert len(all_of_nmaps.scripts) >= ENOUGH_SCRIPTS
    assert not set(all_of_nmaps.scripts) - set(help_of_ours.scripts)


def test_they_say_of_themselves_what_they_say_under_nmap(all_of_nmaps, help_of_ours):
    differing = {name: (help_of_ours.scripts.get(name), said)
                 for name, said in all_of_nmaps.scripts.items() if help_of_ours.scripts.get(name) != said}
    assert not differing, "\n".join(f"{name}: {one}" for name, one in list(differing.items())[:5])


def test_the_text_has_them_all(all_of_nmaps, help_of_ours):
    """The id, its categories and its description, each on lines of its own."""
    def blocks(told):
        found = re.findall(r"^(\S+)\nCategories: (.*)\n(?:https?://.*\n)?((?:  .*\n|\n(?=  ))*)", told.text, re.M)
        return {name: (frozenset(categories.split()), text.split()) for name, categories, text in found}
    ours, theirs = blocks(help_of_ours), blocks(all_of_nmaps)
    assert len(theirs) >= ENOUGH_SCRIPTS
    differing = [name for name in theirs if ours.get(name) != theirs[name]]
    assert not differing, {name: (ours.get(name), theirs[name]) for name in differing[:2]}


def test_all_of_them_are_found_by_name(ours, all_of_nmaps, tmp_path):
    found = Told(ours, tmp_path / "all", "all")
    assert not set(all_of_nmaps.scripts) - set(found.scripts)
