"""OS detection against real stacks: the right family and version, whatever is in the way."""
import re
import xml.etree.ElementTree as ElementTree

import pytest

import stacks
import xdp

CI_KINDS = [kind.name for kind in stacks.ALL if kind.in_ci]
# Above this a wrong answer is not a guess any more.
SURE_PERCENT = 85
# Linux under another name: what settings do to the one stack, they do to the other.
LINUX = {"Linux", "Android", "RouterOS"}


@pytest.fixture(scope="module", params=CI_KINDS)
def stack(request, namespaces):
    kind = stacks.KINDS[request.param]
    if kind.missing():
        pytest.skip(f"not installed: {kind.missing()}")
    with stacks.Stack(kind) as running:
        yield running


class Answer:
    """What a scan says of the system: classes of the prints, and the guess of all evidence."""

    def __init__(self, text, xml):
        self.text = text
        host = ElementTree.fromstring(xml).find("host")
        self.matches = host.findall("os/osmatch")
        # (family, generation, percent), of the best print first
        self.classes = [(one.get("osfamily"), one.get("osgen") or "", int(one.get("accuracy")))
                        for match in self.matches for one in match.findall("osclass")]
        said = re.search(r"^OS guess \(all evidence\): (.*)$", text, re.M)
        self.guesses = [(name, int(percent)) for name, percent in
                        re.findall(r"([^,]+?) \((\d+)%\)(?:, |$)", said[1] if said else "")]


def detect(stack, portolan, folder, *argv):
    report = folder / "report.xml"
    done = stack.scan(folder, portolan, "-n", "-Pn", "-O", "-oX", report, *argv, stack.address)
    assert done.returncode == 0, done.stderr
    return Answer(done.stdout, report.read_text())


def check(kind, answer):
    assert answer.matches, answer.text
    best = answer.matches[0].findall("osclass")
    assert {one.get("osfamily") for one in best} == {kind.family}, answer.text
    if kind.version:
        major = kind.version.split(".")[0]
        assert f"{major}.X" in {one.get("osgen") for one in best}, answer.text
    right = LINUX if kind.family == "Linux" else {kind.family}
    wrong = [one for one in answer.classes if one[0] not in right and one[2] > SURE_PERCENT]
    assert not wrong, answer.text
    sure = [name for name, percent in answer.guesses if percent > SURE_PERCENT]
    assert all(name.startswith(kind.family) for name in sure), answer.text


def test_with_an_open_and_a_closed_port(stack, portolan, tmp_path):
    check(stack.kind, detect(stack, portolan, tmp_path, f"-p{stacks.OPEN},{stacks.CLOSED}"))


def test_with_the_open_port_only(stack, portolan, tmp_path):
    check(stack.kind, detect(stack, portolan, tmp_path, f"-p{stacks.OPEN}"))


def test_behind_a_firewall_that_drops_the_rest(stack, portolan, tmp_path):
    if stack.kind.name == "libslirp":
        pytest.skip("it has no wire of its own that could be filtered")
    with xdp.attach(stack.target, "wire0", "firewall", allowed=[stacks.OPEN]) as wall:
        check(stack.kind, detect(stack, portolan, tmp_path, f"-p{stacks.OPEN},{stacks.CLOSED}"))
        assert wall.dropped > 0
