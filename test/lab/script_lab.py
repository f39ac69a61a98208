"""The servers that cases of scripts name, each started once, and runs of an engine over them.

Cases of one server with the same arguments are one run: its scripts, its ports, its host."""
import collections
import concurrent.futures
import dataclasses
import fnmatch
import functools
import importlib.util
import itertools
import os
import pathlib
import subprocess
import sys
import time
import types

import script_judge
import script_report
import servers
from services import ServiceLab

HERE = pathlib.Path(__file__).resolve().parent
NOTHING = "nothing"             # a host without servers
SPEAKER = "speaker:"
WANTED = os.environ.get("SCRIPTS", "").split()
RUN_SECONDS = 150               # no measure of speed: what is not over by then hangs
AT_ONCE = int(os.environ.get("SCRIPT_RUNS", 3 * os.cpu_count()))


@functools.lru_cache(maxsize=None)      # a case is itself, and no other that is like it
def load_tables(name):
    """{module: the list of that name in scripts/<module>.py}"""
    tables = {}
    for path in sorted((HERE / "scripts").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"scripts_of_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        if hasattr(module, name):
            tables[path.stem] = list(getattr(module, name))
    return tables


def wanted_cases(name):
    """All of the tables of that name, or those whose scripts SCRIPTS names (shell patterns)."""
    return [case for cases in load_tables(name).values() for case in cases
            if not WANTED or any(fnmatch.fnmatchcase(case.script, one) for one in WANTED)]


def name_of(case):
    parts = [case.script, case.server or NOTHING, f"{case.transport}{case.port or ''}"]
    return "-".join(parts + ["tls"] * case.tls + [case.args] * bool(case.args))


def server_of(case):
    return case.server or NOTHING


def quiet_module():
    return types.SimpleNamespace(PACKAGES=[], start=lambda run: None)


def speaker_module(name, ports):
    """A module that starts test/lab/speakers/<name>.py for these (transport, port): once a port, for
    it knows itself whether it speaks over TCP, over UDP or over both."""
    path = HERE / "speakers" / f"{name}.py"

    def start(run):
        if not path.exists():
            raise servers.Failed(f"there is no {path.relative_to(HERE.parents[1])}")
        # The repository may lie where this instance has a folder of its own (/tmp).
        copies = run.sub("speakers")
        for module in path.parent.glob("*.py"):
            (copies / module.name).write_bytes(module.read_bytes())
        for port in sorted({port for _, port in ports}):
            run.spawn(["/usr/bin/python3", copies / path.name, run.address, port])
        for transport, port in sorted(ports):
            run.serves(transport, port, service=None)
    return types.SimpleNamespace(PACKAGES=[], start=start)


class ScriptLab(ServiceLab):
    """The servers of these cases (and `more` of them), on their standard ports."""

    def __init__(self, cases, more=(), jobs=None):
        self.cases = list(cases)
        self.tls = {server_of(case) for case in self.cases if case.tls}
        names = sorted({server_of(case) for case in self.cases} | set(more))
        self.numbers = {name: number for number, name in enumerate(names, start=1)}
        self.runs, self.took = itertools.count(), []
        super().__init__(names, variants=("standard", "stunnel"), jobs=jobs)

    def load(self, name):
        if name == NOTHING:
            return quiet_module()
        if name.startswith(SPEAKER):
            ports = {(case.transport, case.port) for case in self.cases
                     if case.server == name and case.port}
            return speaker_module(name.removeprefix(SPEAKER), ports)
        return servers.load(name)

    def start_one(self, name, module, address, odd):
        if name == NOTHING:
            self.network.host(name, address)
            return []
        return super().start_one(name, module, address, odd)

    def tunnelled(self, name):
        return name in self.tls

    # Where things are

    def address(self, server):
        return f"10.91.1.{self.numbers[server]}"

    def why_not(self, server):
        """Why there is no such server here; "" when there is."""
        return self.failed.get(server) or self.skipped.get(server) or ""

    def place(self, case):
        """(transport, port) of a case: its own port, or that of the stunnel before it."""
        if not case.tls:
            return case.transport, case.port
        for one in self.truth:
            if one.server == case.server and one.variant == "stunnel" and one.inside == case.port:
                return "tcp", one.port
        return "tcp", case.port      # speaks TLS itself

    def ports_of(self, server):
        return {(one.transport, one.port) for one in self.truth
                if one.server == server and one.variant == "standard"}

    # Runs

    def slowest(self, most=6):
        """Lines for who wonders where the time went."""
        return [f"{seconds:6.1f} s  {engine}: {' '.join(job.argv())}"
                for seconds, engine, job in sorted(self.took, key=lambda one: -one[0])[:most]]

    def run(self, engine, job, folder=None):
        """The Report of one run; what went wrong with the program itself is an AssertionError."""
        folder = folder or self.folder / f"run{next(self.runs)}"
        folder.mkdir()
        report = folder / "report.xml"
        done = subprocess.run(
            ["ip", "netns", "exec", self.network.scanner.name, *engine.argv, *job.argv(),
             "-oX", str(report)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=RUN_SECONDS, cwd=folder,
            env=self.environment(folder, engine.environment(folder)))
        stderr = done.stderr.decode(errors="replace")
        assert done.returncode == 0, f"{' '.join(job.argv())}\nstatus {done.returncode}: {stderr[-2000:]}"
        read = script_report.read(report.read_text())
        read.findings += engine.findings(folder)
        return read


@dataclasses.dataclass(frozen=True)
class Job:
    """One run of an engine."""
    address: str
    ports: tuple            # of (transport, port)
    scripts: tuple
    args: str = ""
    version: tuple = ()     # the options for it
    options: tuple = ()

    def argv(self):
        argv = ["-n", "-Pn", "-T4", "--script", ",".join(self.scripts)]
        transports = sorted({transport for transport, _ in self.ports})
        argv += [{"tcp": "-sS", "udp": "-sU", "sctp": "-sY"}[one] for one in transports] or ["-sn"]
        if self.ports:
            argv += ["-p", ",".join(f"{transport[0].upper()}:{port}" for transport, port in sorted(self.ports))]
        if self.args:
            argv += ["--script-args", self.args]
        return [*argv, *self.version, *self.options, self.address]


def versions(case):
    """Inside TLS a script for HTTP is chosen only where -sV has found HTTP."""
    return ("-sV",) if case.version else ("-sV", "--version-light") if case.tls else ()


def jobs_of(lab, cases, name=lambda case: case.script):
    """[(Job, its cases)]: as few runs as will do. `name`: how --script is told of a script."""
    groups = collections.defaultdict(list)
    for case in cases:
        groups[case.server, case.args, versions(case), case.options].append(case)
    made = []
    for (_, args, version, options), mine in groups.items():
        server = server_of(mine[0])
        ports = {lab.place(case) for case in mine if case.port}
        if any(case.port is None for case in mine):
            ports |= lab.ports_of(server)
        made.append((Job(lab.address(server), tuple(sorted(ports)),
                         tuple(sorted({name(case) for case in mine})), args, version, options), mine))
    return made


def answers(lab, engine, cases, name=lambda case: case.script, alone=False):
    """{case: Report, or the text of what went wrong}. `alone`: a run for each, one after the other."""
    def one(job):
        begun = time.monotonic()
        try:
            return lab.run(engine, job), time.monotonic() - begun
        except subprocess.TimeoutExpired:
            return f"{' '.join(job.argv())}: not over after {RUN_SECONDS} s", RUN_SECONDS
        except Exception as error:      # told with the case
            return f"{type(error).__name__}: {error}", time.monotonic() - begun

    if alone:
        jobs = [job for case in cases for job in jobs_of(lab, [case], name)]
    else:
        jobs = jobs_of(lab, cases, name)
    with concurrent.futures.ThreadPoolExecutor(1 if alone else AT_ONCE) as pool:
        found = list(pool.map(lambda job: one(job[0]), jobs))
    lab.took += [(seconds, engine.name, job) for (job, _), (_, seconds) in zip(jobs, found)]
    return {case: report for (_, mine), (report, _) in zip(jobs, found) for case in mine}


# Many runs

def start(cases):
    """[ScriptLab]: one for all; and one for each server whose cases are to be alone."""
    apart = {}
    for case in cases:
        apart.setdefault(case.server if case.alone else "together", []).append(case)
    made = []
    try:
        for mine in apart.values():
            made.append(ScriptLab(mine))
        return made
    except BaseException:
        for lab in made:
            lab.close()
        raise


def why_not(labs, case):
    return next((lab.why_not(case.server) for lab in labs if case in lab.cases), "")


class Answers:
    """What an engine said of all cases. What is wrong is asked once more, alone: hundreds of
    servers on two processors are sometimes too busy."""

    def __init__(self, labs, engine, cases, name=lambda case: case.script):
        self.labs, self.engine, self.name = labs, engine, name
        self.reports, self.again = {}, {}
        for lab in labs:
            mine = [case for case in cases if case in lab.cases and not lab.why_not(case.server)]
            self.reports.update(answers(lab, engine, mine, name))

    def lab_of(self, case):
        return next(lab for lab in self.labs if case in lab.cases)

    def place(self, case):
        return self.lab_of(case).place(case)

    def complaints(self, case):
        return (script_judge.complaints(case, self.reports[case], self.place(case)) and
                script_judge.complaints(case, self.second(case), self.place(case)))

    def second(self, case):
        if case not in self.again:
            lab = self.lab_of(case)
            self.again[case] = answers(lab, self.engine, [case], self.name, alone=True)[case]
        return self.again[case]


def compare(ours, theirs):
    """{case: Comparison} of two Answers; what differs is looked at again, alone."""
    made = {}
    for case in theirs.reports:
        def compared(one, other):
            return script_judge.compare(case, name_of(case).removeprefix(case.script + "-"),
                                        one, other, ours.place(case))
        made[case] = compared(theirs.reports[case], ours.reports[case])
        if not made[case].equal():
            made[case] = compared(theirs.second(case), ours.second(case))
    return made
