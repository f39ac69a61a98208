"""What may differ between Nmap's reports and ours: times, latencies, versions,
links and the prose of advice. All else must be equal, byte for byte."""
import re

TEXT = [
    (r"^(#? ?Starting )\S+ \S+ \( \S+ \) at .*$", r"\1<program>"),
    (r"^# \S+ \S+ scan initiated .{24} as: ", "# <program> scan initiated <when> as: "),
    (r"^# \S+ done at .{24} -- ", "# <program> done at <when> -- "),
    (r"^\S+ done: ", "<program> done: "),
    (r"scanned in \d+\.\d\d seconds", "scanned in <s> seconds"),
    (r"\(\d+\.\d+s latency\)", "(<s> latency)"),
    (r" at \d\d:\d\d(,|$)", r" at <when>\1"),
    (r"\d+\.\d\ds elapsed", "<s> elapsed"),
    (r"^Scanned at .* for \d+s$", "Scanned at <when> for <s>s"),
    (r"^( +Raw packets sent: ).*$", r"\1<counts>"),
    # Advice: its place and condition are kept, its words are each program's own.
    (r"^Note: .*-Pn.*$", "<advice: -Pn>"),
    (r"^Host discovery disabled.*$", "<advice: no discovery>"),
    (r"^Read (data files )?from.*\n", ""),
    (r"^(No (?:exact )?OS matches for host) \(.*$", r"\1 (<advice>)"),
    (r"^(Warning: OSScan results may be unreliable).*$", r"\1 <advice>"),
    (r"^(OS (?:and Service )?detection performed\.) .*$", r"\1 <advice>"),
    # Ours says once that it detects systems, and what all evidence together says.
    (r"^(?:Retrying OS detection|OS guess \(all evidence\)) .*\n", ""),
    (r"^(\d+ +)(?:\d+\.\d\d ms|--) +", r"\1<ms> "),
    # Said by Nmap once a byte; the asterisks in the name say as much.
    (r"^Illegal character\(s\) in hostname.*\n", ""),
    # Lines of their own accord: when a scan takes long; and what ours says of loss.
    (r"^.* Timing: About .*\n", ""),
    (r"^ +About [\d.e-]+ % of probes unanswered for loss\n", ""),
    (r"^ +(?:Probes|Missed): .*\n", ""),
    # A port that the services file calls "unknown" has no name since 7.94.
    (r"(\d+/[a-z|]+/[a-z]+//)unknown(///)", r"\1\2"),
]

XML = [
    (r'(<\?xml-stylesheet href=")[^"]*', r"\1<url>"),
    (r"^<!-- \S+ \S+ scan initiated .{24} as: ", "<!-- <program> scan initiated <when> as: "),
    (r'\b(start|startstr|version|time|timestr|starttime|endtime|elapsed|srtt|rttvar|to|summary)='
     r'"[^"]*"', r'\1="<masked>"'),
    (r"^<taskprogress .*\n", ""),
    (r'<service name="unknown" method="table" conf="3"/>', ""),
    # A name that does not resolve is told of in XML since 7.94.
    (r"^<target .*\n", ""),
]

REPORT = re.compile(r"^(?:Nmap|Incomplete) scan report for ")
NOT_REPORT = re.compile(r"^(?:Completed |Initiating |Scanning |Discovered |Stats: |WARNING|(?:# )?<program> )")


def apply(rules, text):
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text, flags=re.M)
    return text


def sort_runs(lines, is_member):
    """Sorts each run of neighbours that are members."""
    run, out = [], []
    for line in lines:
        if is_member(line):
            run.append(line)
            continue
        out += sorted(run) + [line]
        run = []
    return out + sorted(run)


def gather_reports(lines):
    """Host reports, sorted, before the last line: where more hosts than one are scanned, Nmap
    reports a group when all of it is through, and we each host when it is. What else there is keeps its order."""
    reports, rest, inside = [], [], False
    for line in lines:
        if REPORT.match(line):
            reports.append([])
            inside = True
        elif NOT_REPORT.match(line):
            inside = False
        (reports[-1] if inside else rest).append(line)
    at = next((i for i, line in enumerate(rest) if "<program> done" in line), len(rest))
    return rest[:at] + [line for report in sorted(reports) for line in report] + rest[at:]


def text(report, several=False):
    # Open ports are announced in the order of their answers, which is chance.
    lines = sort_runs(apply(TEXT, report).split("\n"),
                      lambda line: line.startswith("Discovered open port"))
    return "\n".join(gather_reports(lines) if several else lines)


def grepable(report, several=False):
    lines = apply(TEXT, report).split("\n")
    if several:  # by host; the lines of one host keep their order
        hosts = sorted((line for line in lines if line.startswith("Host: ")),
                       key=lambda line: line.split()[1])
        rest = [line for line in lines if not line.startswith("Host: ")]
        lines = rest[:-2] + hosts + rest[-2:]
    return "\n".join(lines)


def xml(report, several=False):
    report = apply(XML, report)
    if not several:
        return report
    # Hints come in the order of the answers, reports as text() says.
    hints = sorted(re.findall(r"<hosthint>.*?</hosthint>\n", report, re.S))
    hosts = sorted(re.findall(r"<host[ >].*?</host>\n", report, re.S))
    rest = re.sub(r"<hosthint>.*?</hosthint>\n|<host[ >].*?</host>\n", "", report, flags=re.S)
    return rest.replace("<runstats>", "".join(hints + hosts) + "<runstats>")
