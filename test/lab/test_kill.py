"""SIGKILL at 200 random instants. After each: the journal opens and is sound,
the XML parses, every NDJSON line is whole, `show` says that the scan did not end,
and what was found more than a second before the end is in the journal."""
import collections
import concurrent.futures
import datetime
import json
import os
import random
import sqlite3
import subprocess
import time
import xml.etree.ElementTree as tree

KILLS, WORKERS = 200, 4
# 32 hosts, 11 ports each (two of them open), at a rate that makes a run last about 2.5 seconds.
SCAN = ["-n", "-Pn", "--max-rate", "140", "-p8000-8009,9007", "10.87.16.0/27"]
LENGTH = 2.6
# A batch is written each second at most; the rest is for a busy machine.
MAY_BE_LOST = 1.5


def events_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def open_ports(events, before):
    """(address, port) of each open port that an NDJSON stream told of before an instant."""
    return {(event["address"], event["port"]) for event in events if event["type"] == "open"
            and datetime.datetime.fromisoformat(event["time"]).timestamp() <= before}


class Killed:
    """One scan in a folder of its own, killed at an instant."""

    def __init__(self, lab, release, folder, instant):
        self.release, self.folder = release, folder
        folder.mkdir()
        self.journal = folder / "state/portolan/journal.db"
        self.environment = lab.environment(XDG_STATE_HOME=str(folder / "state"))
        process = lab.scanner.popen(release, *SCAN, "-oA", folder / "out",
                                    "-oJ", folder / "out.ndjson", stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    env=self.environment)
        time.sleep(instant)
        process.kill()
        self.at = time.time()
        self.ended_itself = process.wait(10) == 0

    def ask(self, *argv):
        done = subprocess.run([self.release, *argv], capture_output=True, text=True, timeout=60,
                              env=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def check_files(self):
        path = self.folder / "out.xml"
        if not path.exists() or not path.stat().st_size:
            assert not self.ended_itself
            return
        finished = tree.parse(path).getroot().find("runstats/finished")
        success = finished is not None and finished.get("exit") == "success"
        # The last bytes may be written and the process not be gone yet.
        assert success or not self.ended_itself

    def holds_a_scan(self):
        """Killed in the first milliseconds there is no journal yet, or an empty one: `list`
        says so and fails."""
        if not self.journal.exists():
            return False
        with sqlite3.connect(self.journal) as db:
            return db.execute("select 1 from sqlite_master where name = 'scan'").fetchone()

    def check_show(self):
        if not self.holds_a_scan():
            return
        listed = self.ask("list")
        if "10.87.16.0/27" not in listed:
            return
        self.ask("show", "1", "-oX", self.folder / "again.xml", "-oJ", self.folder / "again.ndjson")
        finished = tree.parse(self.folder / "again.xml").getroot().find("runstats/finished")
        outcome = events_of(self.folder / "again.ndjson")[-1]["outcome"]
        complete = "complete" in listed and "killed" not in listed
        assert (finished.get("exit") == "success") == (outcome == "complete") == complete
        if self.ended_itself:
            assert complete
        assert "killed" in self.ask("list") or complete

    def journal_facts(self):
        """Open ports that the journal holds, and its integrity."""
        if not self.journal.exists():
            return set()
        with sqlite3.connect(self.journal) as db:
            assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
            if not db.execute("select 1 from sqlite_master where name = 'port'").fetchone():
                return set()
            return set(db.execute("select address, number from port join host using "
                                  "(scan_id, host) where port.state = 'open'").fetchall())

    def check(self):
        """Gives how far it came."""
        self.check_files()
        kept = self.journal_facts()
        told = open_ports(events_of(self.folder / "out.ndjson"), self.at - MAY_BE_LOST)
        assert told <= kept, f"found long before the kill, but not kept: {told - kept}"
        self.check_show()
        return "ended" if self.ended_itself else "kept" if kept else "nothing yet"


def test_a_kill_at_any_instant_loses_at_most_a_second(lab, release, tmp_path):
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    instants = [chance.uniform(0, LENGTH) for _ in range(KILLS)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        outcomes = collections.Counter(workers.map(
            lambda one: Killed(lab, release, tmp_path / str(one[0]), one[1]).check(),
            enumerate(instants)))
    print(f"{KILLS} kills: {dict(outcomes)}")
    # The test means something only if many kills came in the middle of things.
    assert outcomes["kept"] > KILLS / 4, outcomes
