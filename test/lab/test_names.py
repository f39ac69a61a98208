"""Names come from strangers. They reach no terminal raw and break no format."""
import csv
import json
import os
import pty
import re
import sqlite3
import xml.etree.ElementTree as tree

HOSTILE = "10.87.16.1-7"
# Anything that moves a cursor, hides text or turns it round.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def scan(lab, portolan, folder, *more):
    files = {"-oN": "n", "-oX": "x", "-oG": "g", "-oJ": "j", "-oC": "c"}
    argv = [word for option, name in files.items() for word in (option, folder / name)]
    done = lab.scan(portolan, "-p8007", *more, *argv, HOSTILE, text=False,
                    environment={"XDG_STATE_HOME": str(folder)})
    assert done.returncode == 0, done.stderr
    return done


def test_no_control_byte_reaches_the_screen_or_a_text_file(lab, portolan, tmp_path):
    done = scan(lab, portolan, tmp_path)
    for name, raw in [("screen", done.stdout), ("stderr", done.stderr)] + [
            (name, (tmp_path / name).read_bytes()) for name in "ng"]:
        text = raw.decode("utf-8")  # and it is text
        bad = FORBIDDEN.search(text)
        assert not bad, (name, text[max(0, bad.start() - 40):bad.end() + 40])
    assert done.stdout.count(b"Nmap scan report for") == 7


def test_lines_and_fields_cannot_be_forged(lab, portolan, tmp_path):
    scan(lab, portolan, tmp_path)
    grepable = (tmp_path / "g").read_text()
    assert sum(line.startswith("Host: ") for line in grepable.splitlines()) == 14
    for line in grepable.splitlines():
        if line.startswith("Host: "):
            assert re.fullmatch(r"Host: 10\.87\.16\.[1-7] \([^()\t]*\)\t(Status|Ports): [^\t]*", line)
    rows = list(csv.DictReader((tmp_path / "c").read_text().splitlines()))
    assert len(rows) == 7 and {row["port"] for row in rows} == {"8007"}


def test_machine_formats_still_parse(lab, portolan, tmp_path):
    scan(lab, portolan, tmp_path)
    root = tree.parse(tmp_path / "x").getroot()
    assert len(root.findall("host")) == 7
    for line in (tmp_path / "j").read_text().splitlines():
        json.loads(line)


def test_the_journal_keeps_the_bytes_as_they_came(lab, portolan, tmp_path):
    scan(lab, portolan, tmp_path)
    journal = next(tmp_path.rglob("journal.db"))
    seen = set()
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as db:
        db.text_factory = bytes
        for (table,) in db.execute("select name from sqlite_master where type='table'").fetchall():
            for row in db.execute(f"select * from \"{table.decode()}\""):
                seen |= {cell for cell in row if isinstance(cell, bytes)}
    assert any(b"\x1b[31mred\x1b[0m" in cell for cell in seen)
    assert any(b"\xff\xfe\x80\x9b31m" in cell for cell in seen)


def test_a_terminal_gets_none_of_it(lab, portolan, tmp_path):
    ours, theirs = pty.openpty()
    process = lab.scanner.popen(portolan, "-p8007", "-v", HOSTILE, stdin=theirs, stdout=theirs,
                                stderr=theirs, env=lab.environment())
    os.close(theirs)
    screen = b""
    try:
        while chunk := os.read(ours, 65536):
            screen += chunk
    except OSError:  # EIO: the other end is closed
        pass
    os.close(ours)
    assert process.wait(30) == 0
    assert b"\x1b[31mred" not in screen and b"two\nlines" not in screen and b"\x07" not in screen
    assert "\u202e".encode() not in screen and b"\x9b31m" not in screen
