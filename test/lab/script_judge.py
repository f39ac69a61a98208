"""What scripts said against what they should have, and against what another engine's said."""
import dataclasses
import difflib
import re

from script_report import FAILED, Result, Table


# A case

def complaints(case, report, place):
    """What is wrong with what the script said, a line each; none: all is well."""
    if isinstance(report, str):
        return [report]
    result = report.result(case.script, *place)
    found = findings(case, report, place)
    if result and FAILED in result.text:
        return [f"the script died: {result.text}"]
    if case.silent:
        said = [f"it should be silent, and says {result.text!r}"] if result else []
        return said + found
    if not result:
        state = report.states.get(place)
        return ["it says nothing" + (f" (the port is {state})" if state else "")] + found
    return outputs(case, result) + found


def outputs(case, result):
    wrong = []
    if case.text and not re.search(case.text, result.text):
        wrong.append(f"the text is {result.text!r}, not {case.text!r}")
    for path, pattern in case.values.items():
        value = at(result.value, path)
        if pattern is None:
            if value is not None:
                wrong.append(f"{path} is {value!r}, and should not be there")
        elif value is None:
            wrong.append(f"{path} is not there: {result.value!r}, {result.text!r}")
        elif not any(re.search(pattern, text) for text in leaves(value)):
            wrong.append(f"{path} is {value!r}, not {pattern!r}")
    return wrong


def findings(case, report, place):
    said = {one.id for one in report.found_by(case.script, *place)}
    wanted = set(case.findings)
    return ([f"no finding {id}" for id in sorted(wanted - said)] +
            [f"a finding {id} that should not be" for id in sorted(said - wanted)])


def at(value, path):
    """The value at "a.b.1" (names may have dots, too); None where there is none."""
    if not path:
        return value
    if not isinstance(value, Table):
        return None
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        name = ".".join(parts[:count])
        inner = value.named.get(name)
        if inner is None and name.isdigit() and 1 <= int(name) <= len(value.items):
            inner = value.items[int(name) - 1]
        found = at(inner, ".".join(parts[count:]))
        if found is not None:
            return found
    return None


def leaves(value):
    """All texts in it; the names of a table's entries, too."""
    if not isinstance(value, Table):
        return [value or ""]
    return [*value.named, *(text for inner in (*value.items, *value.named.values())
                            for text in leaves(inner))]


# Two engines

def masked(value, patterns, keys=()):
    """With * for what may differ."""
    if isinstance(value, Result):
        return Result(value.script, masked(value.text, patterns), masked(value.value, patterns, keys))
    if isinstance(value, Table):
        return Table(tuple(masked(item, patterns, keys) for item in value.items),
                     {masked(key, patterns): "*" if key in keys else masked(item, patterns, keys)
                      for key, item in value.named.items()})
    for pattern in patterns:
        value = value and re.sub(pattern, "*", value)
    return value


def ordered(value):
    """With the lists, and the words of a text, in the order of the alphabet."""
    if isinstance(value, Result):
        return Result(value.script, " ".join(sorted(value.text.split())), ordered(value.value))
    if isinstance(value, Table):
        return Table(tuple(sorted(map(ordered, value.items), key=repr)),
                     {key: ordered(item) for key, item in value.named.items()})
    return value


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Of one script on one port. `theirs` is what is to be equalled."""
    script: str
    server: str
    theirs: Result | None
    ours: Result | None
    broken: bool = False    # one of the two has no report at all

    def equal(self):
        """The same structured output; the same text, where there is no other."""
        if self.broken:
            return False
        if self.theirs is None or self.ours is None:
            return self.theirs is self.ours
        if FAILED in self.ours.text:
            return False
        if self.theirs.value is None and self.ours.value is None:
            return self.theirs.text == self.ours.text
        return self.theirs.value == self.ours.value

    def difference(self):
        """Lines: - theirs, + ours."""
        theirs, ours = ([] if one is None else one.told() for one in (self.theirs, self.ours))
        return [line for line in difflib.unified_diff(theirs, ours, n=1, lineterm="")
                if not line.startswith(("---", "+++", "@@"))] or ["(only one has structured output, or none a report)"]

    def lines(self, most=20):
        """One line; below it what differs."""
        how = "same" if self.equal() else "DIFFERENT"
        if how == "same" and self.theirs is None:
            how = "same (silent)"
        told = [f"{how:14} {self.script:28} {self.server}"]
        if not self.equal():
            told += ["        " + line for line in self.difference()[:most]]
        return told


def compare(case, server, theirs, ours, place):
    """Of two Reports; a text in place of one says that there is none."""
    def said(report):
        if isinstance(report, str):
            return Result(case.script, "NO REPORT: " + report)
        found = report.result(case.script, *place)
        found = found and masked(found, case.masked, case.masked_keys)
        return ordered(found) if case.unordered and found else found
    return Comparison(case.script, server, said(theirs), said(ours), isinstance(theirs, str) or isinstance(ours, str))


def equal_scripts(comparisons):
    """Those that say the same, and something, wherever they were compared."""
    said = {one.script for one in comparisons if one.theirs is not None}
    return said - {one.script for one in comparisons if not one.equal()}


def table(comparisons):
    """The list, aloud: a line each, and what differs."""
    lines = [line for one in sorted(comparisons, key=lambda one: (one.equal(), one.script, one.server))
             for line in one.lines()]
    return (f"{len(comparisons)} compared, {len(equal_scripts(comparisons))} scripts equal\n" + "\n".join(lines))
