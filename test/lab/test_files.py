"""Output files: all of them say the same, belong to the right user, and fail aloud."""
import csv
import json
import os
import pathlib
import re
import sqlite3
import time
import xml.etree.ElementTree as tree

import pytest

import report

FORMATS = {"-oN": "nmap", "-oX": "xml", "-oG": "gnmap", "-oJ": "ndjson", "-oC": "csv"}


def every_format(folder):
    return [word for option, ending in FORMATS.items()
            for word in (option, folder / f"out.{ending}")]


def open_in(path):
    """{(address, port)} that a file of any format calls open."""
    text = path.read_text()
    found = set()
    if path.suffix == ".nmap":
        address = None
        for line in text.splitlines():
            if heading := re.match(r"Nmap scan report for (?:.*\()?([0-9a-f.:]+)\)?$", line):
                address = heading[1]
            elif row := re.match(r"(\d+)/tcp +open ", line):
                found.add((address, int(row[1])))
    elif path.suffix == ".xml":
        for host in report.read(text).values():
            found |= {(host.address, port) for (_, port), state in host.ports.items()
                      if state == "open"}
    elif path.suffix == ".gnmap":
        for line in text.splitlines():
            if ports := re.match(r"Host: (\S+) .*\tPorts: ([^\t]*)", line):
                found |= {(ports[1], int(one.split("/")[0])) for one in ports[2].split(", ")
                          if "/open/" in one}
    elif path.suffix == ".ndjson":
        for line in text.splitlines():
            found |= open_in_event(json.loads(line))
    elif path.suffix == ".csv":
        for row in csv.DictReader(text.splitlines()):
            if row["state"] == "open":
                found.add((row["address"], int(row["port"])))
    return found


def open_in_event(event):
    """A host's event holds its report; "open" events came before, as ports were found."""
    if event["type"] != "host":
        return set()
    return {(event["address"], port["port"]) for port in event["ports"] if port["state"] == "open"}


def truth(lab, ports):
    return {(address, port) for address in (lab.SERVERS, lab.FIREWALL) for port in ports
            if lab.truth[address].get(port) == "open"}


def test_all_formats_say_the_same(lab, portolan, tmp_path):
    done = lab.scan(portolan, "-n", "-T4", "-p1-1000", *every_format(tmp_path), lab.SERVERS,
                    lab.FIREWALL)
    assert done.returncode == 0, done.stderr
    for ending in FORMATS.values():
        assert open_in(tmp_path / f"out.{ending}") == truth(lab, range(1, 1001)), ending


def test_a_past_scan_is_shown_in_every_format(lab, portolan, tmp_path):
    """What `show` makes of the journal is what the run wrote."""
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    done = lab.scan(portolan, "-n", "-T4", "-p1-1000", *every_format(tmp_path), lab.SERVERS,
                    lab.FIREWALL, environment=state)
    assert done.returncode == 0, done.stderr
    listed = lab.scan(portolan, "list", environment=state)
    assert listed.returncode == 0 and lab.FIREWALL in listed.stdout, listed.stderr
    for option, ending in FORMATS.items():
        again = tmp_path / f"again.{ending}"
        shown = lab.scan(portolan, "show", "1", option, again, environment=state)
        assert shown.returncode == 0, shown.stderr
        assert open_in(again) == truth(lab, range(1, 1001)), ending
    assert lab.scan(portolan, "show", "77", environment=state).returncode != 0


@pytest.mark.parametrize("name", ["portolan", "nmap"])
def test_a_past_scan_begins_as_it_did(lab, portolan, tmp_path, name):
    """On the screen and in a file, under both names of the program."""
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    program = tmp_path / name
    program.symlink_to(portolan)
    done = lab.scan(program, "-n", "-p22", "-oN", tmp_path / "out", lab.SERVERS, environment=state)
    shown = lab.scan(portolan, "show", "1", environment=state)
    lab.scan(portolan, "show", "1", "-oN", tmp_path / "again", environment=state)
    first = done.stdout.splitlines()[0]
    assert first.startswith({"portolan": "Starting portolan ", "nmap": "Starting Nmap 7.99-"}[name])
    assert shown.stdout.splitlines()[0] == first
    assert (tmp_path / "again").read_text().splitlines()[0] == \
        (tmp_path / "out").read_text().splitlines()[0]


def test_dash_is_standard_output_and_nothing_else_is(lab, portolan, tmp_path):
    done = lab.scan(portolan, "-n", "-p22", "-oX", "-", "-oN", tmp_path / "n", lab.SERVERS)
    assert tree.fromstring(done.stdout).tag == "nmaprun"
    assert "22/tcp open" in (tmp_path / "n").read_text()
    done = lab.scan(portolan, "-n", "-p22", "-oG", "-", lab.SERVERS)
    assert all(line.startswith(("#", "Host:")) for line in done.stdout.splitlines())


def test_append_and_truncate(lab, portolan, tmp_path):
    for more, count in (([], 1), ([], 1), (["--append-output"], 2)):
        lab.scan(portolan, "-n", "-p22", *more, "-oG", tmp_path / "g", lab.SERVERS)
        assert (tmp_path / "g").read_text().count("Status: Up") == count


def test_names_may_hold_the_time(lab, portolan, tmp_path):
    before = time.gmtime()
    done = lab.scan(portolan, "-n", "-sL", "-oG", tmp_path / "scan-%Y%m%d-%F-%%-%q", "10.87.1.1")
    assert done.returncode == 0, done.stderr
    wanted = time.strftime("scan-%Y%m%d-%F-%%-q", before)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("scan")] in (
        [wanted], [time.strftime("scan-%Y%m%d-%F-%%-q", time.gmtime())])


@pytest.mark.parametrize("option", FORMATS)
def test_a_full_disk_is_told_and_spares_the_other_files(lab, portolan, tmp_path, option):
    others = [word for other, ending in FORMATS.items() if other != option
              for word in (other, tmp_path / f"out.{ending}")]
    done = lab.scan(portolan, "-n", "-T4", "-p1-1000", option, "/dev/full", *others, lab.SERVERS,
                    lab.FIREWALL)
    assert done.returncode not in (0, -6, -11), done.stderr
    assert "/dev/full" in done.stderr
    for other, ending in FORMATS.items():
        if other != option:
            assert open_in(tmp_path / f"out.{ending}") == truth(lab, range(1, 1001)), other


def test_standard_output_may_be_full_too(lab, portolan, tmp_path):
    done = lab.scan("sh", "-c", f"exec {portolan} -n -p22 -oX {tmp_path}/x {lab.SERVERS} >/dev/full")
    assert done.returncode not in (0, -6, -11)
    assert done.stderr


@pytest.mark.parametrize("option", FORMATS)
def test_an_unwritable_file_is_told_before_anything_is_sent(lab, portolan, option):
    done = lab.scan(portolan, "-n", "-p22", option, "/nonexistent/folder/file", lab.SERVERS)
    assert done.returncode == 1
    assert "/nonexistent/folder/file" in done.stderr
    assert "22/tcp" not in done.stdout


def test_an_unwritable_journal_does_not_stop_the_scan(lab, portolan, tmp_path):
    (tmp_path / "state").write_text("a file where a folder should be")
    done = lab.scan(portolan, "-n", "-p22", lab.SERVERS,
                    environment={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert "22/tcp open" in done.stdout
    assert "journal" in done.stderr.lower()


def test_files_made_under_sudo_belong_to_who_typed_it(lab, portolan, tmp_path):
    tmp_path.chmod(0o777)
    state = tmp_path / "home"
    state.mkdir(mode=0o777)
    os.chown(state, 12345, 23456)
    done = lab.scan(portolan, "-n", "-p22", *every_format(tmp_path), lab.SERVERS,
                    environment={"SUDO_UID": "12345", "SUDO_GID": "23456", "SUDO_USER": "someone",
                                 "XDG_STATE_HOME": str(state)})
    assert done.returncode == 0, done.stderr
    made = [tmp_path / f"out.{ending}" for ending in FORMATS.values()]
    made += [path for path in pathlib.Path(state).rglob("*")]
    assert len(made) > len(FORMATS)
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(12345, 23456)}


def test_the_journal_is_a_sound_database(lab, portolan, tmp_path):
    state = {"XDG_STATE_HOME": str(tmp_path)}
    lab.scan(portolan, "-n", "-p-", "-T4", lab.SERVERS, environment=state)
    journal = next(tmp_path.rglob("journal.db"))
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        # 65504 closed ports are ranges, not rows.
        assert db.execute("select count(*) from port_range").fetchone()[0] < 500
        rows = {name: db.execute(f"select count(*) from {name}").fetchone()[0]
                for name in ("scan", "host", "port")}
    assert rows == {"scan": 1, "host": 1, "port": len(lab.truth[lab.SERVERS])}
