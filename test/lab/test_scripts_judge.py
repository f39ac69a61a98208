"""The reader and the judge of what scripts say: they must not be kind. Needs no lab."""
import pytest

import script_judge
import script_lab
import script_report
from script_case import Case
from script_report import Finding, Report, Result, Table

XML = """<nmaprun><prescript><script id="before" output="once"/></prescript>
<host><address addr="10.0.0.1"/><ports><port protocol="tcp" portid="80"><state state="open"/>
<script id="http-title" output="&#xa;  title: lab"><elem key="title">lab</elem>
<elem key="robots.txt">2</elem>
<table key="list">
<elem>a</elem>
<table>
<elem key="name">b</elem>
</table>
</table>
</script><script id="text" output="two&#xa;lines"/><script id="number" output="5">5</script></port></ports>
<hostscript><script id="findings" output="x"><table>
<elem key="id">open-list</elem>
<elem key="severity">low</elem>
<elem key="port">80/tcp</elem>
<elem key="source">script http-title</elem>
</table>
</script></hostscript></host><runstats><finished exit="success"/></runstats></nmaprun>"""
PLACE = "tcp", 80


@pytest.fixture
def report():
    return script_report.read(XML)


def case(**fields):
    return Case(**{"script": "http-title", "server": "s", "port": 80, "findings": ("open-list",), **fields})


def test_values_texts_and_findings_are_read(report):
    assert report.result("http-title", *PLACE).value == Table(
        (), {"title": "lab", "robots.txt": "2", "list": Table(("a", Table((), {"name": "b"})))})
    assert report.result("text", *PLACE) == Result("text", "two\nlines", None)
    assert report.result("number", *PLACE).value == "5"
    assert report.result("before", None, None).text == "once"
    assert report.findings == [Finding("open-list", "low", "http-title", ("tcp", 80))]


def test_half_a_report_is_none():
    with pytest.raises(AssertionError):
        script_report.read("<nmaprun></nmaprun>")


@pytest.mark.parametrize("fields", [
    {"values": {"title": "^lab$"}}, {"values": {"robots.txt": "2", "list.1": "a", "list.2.name": "b"}},
    {"values": {"list": "^b$"}}, {"values": {"list": "name"}}, {"values": {"none": None, "list.3": None}},
    {"text": "title: l"}, {"script": "text", "findings": (), "text": "two"},
    {"script": "absent", "findings": (), "silent": True},
])
def test_what_is_right_is_right(report, fields):
    assert script_judge.complaints(case(**fields), report, PLACE) == []


@pytest.mark.parametrize("fields", [
    {"values": {"title": "^la$"}}, {"values": {"title.x": "lab"}}, {"values": {"list.3": "."}},
    {"values": {"title": None}}, {"values": {"robots": "2"}}, {"text": "^title"}, {"silent": True},
    {"findings": ()}, {"findings": ("open-list", "other")}, {"script": "text"},
    {"script": "absent", "findings": ()}, {"script": "text", "findings": (), "values": {"a": "b"}},
])
def test_what_is_wrong_is_wrong(report, fields):
    assert script_judge.complaints(case(**fields), report, PLACE)


def test_a_script_that_died_is_wrong_whatever_it_should_say():
    died = Report(ports={PLACE: {"http-title": Result("http-title", "ERROR: Script execution failed")}})
    assert script_judge.complaints(case(text="ERROR", findings=()), died, PLACE)
    assert script_judge.complaints(case(findings=()), "TimeoutExpired", PLACE) == ["TimeoutExpired"]


def compared(theirs, ours, **fields):
    return script_judge.compare(case(script="x", **fields), "s", theirs, ours, PLACE)


def said(value, text=""):
    return Report(ports={PLACE: {"x": Result("x", text, value)}})


@pytest.mark.parametrize("theirs, ours, equal", [
    (said(Table(("a",))), said(Table(("a",)), "other text"), True),
    (said(Table((), {"a": "1", "b": "2"})), said(Table((), {"b": "2", "a": "1"})), True),
    (said(Table(("a", "b"))), said(Table(("b", "a"))), False),
    (said(Table(("a", "now 12:30"))), said(Table(("a", "now 12:31"))), True),
    (said(Table((), {"12:30": "x"})), said(Table((), {"12:31": "x"})), True),
    (said(None, "a"), said(None, "a"), True), (said(None, "a"), said(None, "b"), False),
    (said(Table(), "a"), said(None, "a"), False), (said(None, "a"), said(Table(("a",)), "a"), False),
    (Report(), Report(), True), (said(None, "a"), Report(), False), (Report(), said(None, "a"), False),
    ("it hangs", said(None, "a"), False),
])
def test_comparisons(theirs, ours, equal):
    one = compared(theirs, ours, masked=(r"\d\d:\d\d",))
    assert one.equal() == equal and len(one.lines()) == (1 if equal else len(one.lines())) and one.lines()
    assert equal or len(one.lines()) > 1


def test_an_order_that_is_a_whim_counts_for_nothing():
    def one(theirs, ours, unordered):
        return compared(theirs, ours, unordered=unordered).equal()
    pairs = [(said(Table(("a", Table(("b", "c"))))), said(Table((Table(("c", "b")), "a")))),
             (said(None, "TOP USER\nx"), said(None, "x\nUSER TOP"))]
    for theirs, ours in pairs:
        assert one(theirs, ours, True) and not one(theirs, ours, False)
    assert not one(said(Table(("a", "b"))), said(Table(("b", "c"))), True)


def test_two_that_hang_are_not_equal():
    assert not compared("it hangs", "it hangs").equal()


def test_a_key_whose_values_may_differ():
    pair = said(Table((Table((), {"salt": "1"}),))), said(Table((Table((), {"salt": "2"}),)))
    assert compared(*pair, masked_keys=("salt",)).equal()
    assert not compared(*pair, masked_keys=("pepper",)).equal()


def test_a_script_counts_when_it_is_equal_everywhere_and_says_something():
    def one(script, theirs, ours):
        return script_judge.Comparison(script, "s", theirs, ours)
    a, b = Result("x", "a"), Result("x", "b")
    made = [one("good", a, a), one("good", a, a), one("half", a, a), one("half", a, b), one("silent", None, None)]
    assert script_judge.equal_scripts(made) == {"good"}
    assert "half" in script_judge.table(made) and "5 compared, 1 scripts equal" in script_judge.table(made)


def test_cases_of_one_server_are_one_run():
    class Lab:
        truth, cases = [], []
        ports_of, address = lambda *_: {("tcp", 1), ("udp", 2)}, lambda *_: "10.0.0.1"

        def place(self, case):
            return case.transport, case.port
    cases = [case(), case(script="b", port=81), case(script="c", port=53, transport="udp"), case(args="a=1"),
             case(version=True), case(server="other", port=None)]
    jobs = script_lab.jobs_of(Lab(), cases)
    assert [len(mine) for _, mine in jobs] == [3, 1, 1, 1]
    assert jobs[0][0].argv() == ["-n", "-Pn", "-T4", "--script", "b,c,http-title", "-sS", "-sU",
                                 "-p", "T:80,T:81,U:53", "10.0.0.1"]
    assert "-sV" in jobs[2][0].argv() and jobs[3][0].ports == (("tcp", 1), ("udp", 2))
