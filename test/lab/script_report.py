"""What a report says that scripts said: results as values, texts, and findings."""
import dataclasses
import re
import xml.etree.ElementTree as tree

FAILED = "Script execution failed"


@dataclasses.dataclass(frozen=True)
class Table:
    """A Lua table: what has numbers, in their order, and what has names."""
    items: tuple = ()
    named: dict = dataclasses.field(default_factory=dict)

    def lines(self, indent=0):
        """As text, a line a leaf; names in the order of the alphabet."""
        entries = [("-", item) for item in self.items]
        entries += [(key + ":", self.named[key]) for key in sorted(self.named)]
        out = []
        for name, value in entries:
            blanks = "  " * indent
            if isinstance(value, Table):
                out += [blanks + name, *value.lines(indent + 1)]
            else:
                out.append(f"{blanks}{name} {value!r}")
        return out


@dataclasses.dataclass(frozen=True)
class Result:
    script: str
    text: str
    value: object = None    # a Table, or the text of what is none; None: no structured output

    def told(self):
        """The structured output, or the text, as lines."""
        if isinstance(self.value, Table):
            return self.value.lines()
        return (self.text if self.value is None else self.value).splitlines()


@dataclasses.dataclass(frozen=True)
class Finding:
    id: str
    severity: str
    script: str         # "" when something else than a script found it
    port: object        # ("tcp", 80); None: the host
    seen: str = ""


@dataclasses.dataclass
class Report:
    """Of one host."""
    ports: dict = dataclasses.field(default_factory=dict)     # (transport, port) -> {script: Result}
    states: dict = dataclasses.field(default_factory=dict)    # (transport, port) -> state
    others: dict = dataclasses.field(default_factory=dict)    # of the host, before and after the scan
    findings: list = dataclasses.field(default_factory=list)

    def result(self, script, transport, port):
        """What it said of the port (None: of the host, or of all); None if nothing."""
        found = self.others if port is None else self.ports.get((transport, port), {})
        return found.get(script)

    def results(self):
        return [*self.others.values(), *(one for port in self.ports.values() for one in port.values())]

    def found_by(self, script, transport, port):
        """The findings of a script, of that port (None: wherever)."""
        return [one for one in self.findings if one.script == script and
                (port is None or one.port in (None, (transport, port)))]


def value_of(element):
    """The children of a <script> or <table>."""
    if not len(element):
        return Table() if element.tag == "table" else element.text or None
    items, named = [], {}
    for child in element:
        value = value_of(child) if child.tag == "table" else child.text or ""
        if child.get("key") is None:
            items.append(value)
        else:
            named[child.get("key")] = value
    return Table(tuple(items), named)


def scripts_in(parent):
    """{id: Result}, without what is said of findings."""
    return {one.get("id"): Result(one.get("id"), one.get("output") or "", value_of(one))
            for one in parent.findall("script") if one.get("id") != "findings"}


def findings_in(parent):
    for script in parent.findall("script"):
        if script.get("id") == "findings":
            yield from (finding_of(value_of(table).named) for table in script.findall("table"))


def finding_of(said):
    source = re.fullmatch(r"script (.+)", said.get("source", ""))
    port = re.fullmatch(r"(\d+)/(\w+)", said.get("port", ""))
    return Finding(said["id"], said["severity"], source.group(1) if source else "",
                   (port.group(2), int(port.group(1))) if port else None, said.get("seen", ""))


def read_host(host):
    made = Report()
    for parent in host.iter("hostscript"):
        made.others.update(scripts_in(parent))
        made.findings += findings_in(parent)
    for port in host.iter("port"):
        where = port.get("protocol"), int(port.get("portid"))
        made.ports[where] = scripts_in(port)
        made.states[where] = port.find("state").get("state")
    return made


def read_all(text):
    """{address: Report} of a complete XML document; "" is what was said before and after."""
    root = tree.fromstring(text)
    finished = root.find("runstats/finished")
    assert finished is not None and finished.get("exit") == "success", "the scan did not end well"
    made = {host.find("address").get("addr"): read_host(host) for host in root.findall("host")}
    apart = made[""] = Report()
    for parent in (*root.iter("prescript"), *root.iter("postscript")):
        apart.others.update(scripts_in(parent))
        apart.findings += findings_in(parent)
    return made


def read(text):
    """The Report of a document about one host; what was said before and after is its, too."""
    made = read_all(text)
    apart = made.pop("")
    assert len(made) <= 1, f"{len(made)} hosts"
    report = next(iter(made.values()), Report())
    report.others.update(apart.others)
    report.findings += apart.findings
    return report
