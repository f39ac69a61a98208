"""Answers against the truth: what a scanner said of each port of the lab of services,
field by field, and the score of all of it.

A field is `right`, `missed` (it could be known and was not said) or `invented` (said, and
not so, or of something that cannot be known). A field that nobody can know and nobody
said counts for nothing."""
import dataclasses
import re
import xml.etree.ElementTree as tree

RIGHT, MISSED, INVENTED, NOTHING = "right", "missed", "invented", ""


@dataclasses.dataclass
class Answer:
    """What a report says of one port."""
    state: str = ""
    reason: str = ""
    service: str = ""
    product: str = ""
    version: str = ""
    extra: str = ""
    tunnel: str = ""
    probed: bool = False
    confidence: str = ""
    cpes: tuple = ()
    hostname: str = ""
    ostype: str = ""
    device: str = ""
    findings: tuple = dataclasses.field(default=(), compare=False)  # of match lines: their ids

    def text(self):
        name = (self.tunnel + "/" if self.tunnel else "") + (self.service or "-")
        name += "" if self.probed or not self.service else "?"
        return " | ".join([name, self.product or "-", self.version or "-"])


def answer_of(port):
    service = port.find("service")
    state = port.find("state")
    answer = Answer(state.get("state"), state.get("reason") or "")
    if service is not None:
        get = service.get
        answer = Answer(answer.state, answer.reason, get("name") or "", get("product") or "",
                        get("version") or "", get("extrainfo") or "", get("tunnel") or "",
                        get("method") == "probed", get("conf") or "",
                        tuple(sorted(cpe.text or "" for cpe in service.findall("cpe"))),
                        get("hostname") or "", get("ostype") or "", get("devicetype") or "")
    return answer


def findings_of(host):
    """((transport, port), id) of each finding that a match line made."""
    for table in host.findall("hostscript/script[@id='findings']/table"):
        told = {elem.get("key"): elem.text for elem in table.findall("elem")}
        if told.get("source", "").startswith("match line "):
            number, transport = told["port"].split("/")
            yield (transport, int(number)), told["id"]


def read(text):
    """{(address, transport, port): Answer} of a complete XML report."""
    root = tree.fromstring(text)
    finished = root.find("runstats/finished")
    assert finished is not None and finished.get("exit") == "success", "the scan did not end well"
    found = {}
    for host in root.findall("host"):
        address = host.find("address").get("addr")
        for port in host.iter("port"):
            found[address, port.get("protocol"), int(port.get("portid"))] = answer_of(port)
        for where, finding in findings_of(host):
            found[address, *where].findings += (finding,)
    return found


# Judging

def listed(names):
    """None, a name, or several that will do: as a tuple."""
    return () if names is None else (names,) if isinstance(names, str) else tuple(names)


def words(text):
    return " " + " ".join(re.findall(r"[a-z0-9+#]+", text.lower())) + " "


def same_product(said, truth):
    """One of the names, or a shorter or longer form of it: whole words."""
    return any(words(said) in words(name) or words(name) in words(said) for name in listed(truth))


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)]


def same_version(said, truth):
    """The version stands in what was said, not as a part of another."""
    return any(re.search(r"(?<![0-9A-Za-z.])[vV]?" + re.escape(version) + r"(?![0-9]|\.[0-9])", said)
               for version in listed(truth))


def coarser_version(said, truth):
    """Less was said than is known, and it is so: 10.11, 10.x, "9.6.0 or later", "3.0 - 4.0"."""
    return any(coarser(said.strip(), version) for version in listed(truth))


def coarser(said, truth):
    number = r"[vV]?(\d+(?:\.\d+)*)\w*"
    if found := re.fullmatch(number + r"(\.[xX*])?", said):
        # For a prefix the parts must be equal: 2.4.6 is none of 2.4.62.
        said = numbers(found.group(1))
        return said == numbers(truth)[:len(said)] and len(said) < len(numbers(truth))
    if found := re.fullmatch(number + r" (?:or later|or newer|and later)|" + number + r"\+", said):
        return numbers(truth) >= numbers(found.group(1) or found.group(2))
    if found := re.fullmatch(number + r" or (?:earlier|older)", said):
        return numbers(truth) <= numbers(found.group(1))
    if found := re.fullmatch(number + r"(\.[xX])? ?(?:-|to) ?" + number + r"(\.[xX])?", said):
        low, high = numbers(found.group(1)), numbers(found.group(3))
        return low <= numbers(truth) and numbers(truth)[:len(high)] <= high
    return False


def judge_service(answer, served):
    if served.service is None:      # nothing tells what it is
        return NOTHING if not answer.probed or answer.service in ("", "tcpwrapped") else INVENTED
    if not answer.probed or answer.service in ("", "unknown", "tcpwrapped"):
        return MISSED
    if answer.service not in listed(served.service):
        # "ssl" where what is inside was not found is less, but no lie.
        return MISSED if served.tls and answer.service == "ssl" else INVENTED
    return RIGHT if (answer.tunnel == "ssl") == served.tls else MISSED


def judge_product(answer, served):
    if not answer.product:
        return MISSED if served.product else NOTHING
    return RIGHT if same_product(answer.product, served.product) else INVENTED


def judge_version(answer, served):
    if not answer.version:
        return MISSED if served.version else NOTHING
    if served.version and same_version(answer.version, served.version):
        return RIGHT
    if served.version and coarser_version(answer.version, served.version):
        return MISSED
    known = served.hidden or served.version
    if served.hidden and (same_version(answer.version, known) or
                          coarser_version(answer.version, known)):
        return NOTHING if not served.version else MISSED
    return INVENTED


FIELDS = {"service": judge_service, "product": judge_product, "version": judge_version}


@dataclasses.dataclass
class Row:
    served: object
    answer: Answer
    fields: dict      # field -> RIGHT, MISSED, INVENTED or NOTHING

    def wrong(self):
        return [name for name, found in self.fields.items() if found in (MISSED, INVENTED)]


def compare(truth, answers):
    """A Row for each port that the truth knows."""
    rows = []
    for served in truth:
        answer = answers.get((served.address, served.transport, served.port), Answer("absent"))
        rows.append(Row(served, answer, {name: judge(answer, served)
                                         for name, judge in FIELDS.items()}))
    return rows


@dataclasses.dataclass
class Score:
    right: dict       # field -> count
    known: dict       # field -> how many ports could have it right
    invented: int     # fields said that are not so

    def share(self, field):
        return self.right[field] / self.known[field] if self.known[field] else 1.0

    def text(self):
        return ", ".join(f"{field} {self.right[field]}/{self.known[field]}"
                         for field in FIELDS) + f", invented {self.invented}"


def score(rows):
    def known(row, field):
        return bool(getattr(row.served, field))
    return Score({field: sum(row.fields[field] == RIGHT for row in rows) for field in FIELDS},
                 {field: sum(known(row, field) for row in rows) for field in FIELDS},
                 sum(found == INVENTED for row in rows for found in row.fields.values()))


def truth_text(served):
    def one(value):
        return (listed(value) or ("-",))[0]
    return " | ".join([("ssl/" if served.tls else "") + one(served.service), one(served.product),
                       one(served.version)])


def misses(rows):
    """The table of what is not right, a line a port."""
    lines = []
    for row in rows:
        if row.wrong():
            faults = ", ".join(f"{name} {row.fields[name]}" for name in row.wrong())
            served = row.served
            lines.append(f"{served.server:16} {served.variant:8} {served.transport}/{served.port:<5} "
                         f"{truth_text(served):44} {row.answer.text():44} {faults}")
    return "\n".join(lines)
