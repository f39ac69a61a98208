"""Options of OS detection, traceroute and places: what is refused before anything is sent, what
is said, and what goes on. What the answers are worth is tested elsewhere."""
import json
import re
import socket

import pytest

import mmdb
import wire
from link import Link

TARGET = "10.89.1.2"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
POINTS = "MatchPoints\nSEQ(SP=25%GCD=75)\nIE(R=50%CD=100)\n\n"
GOOD = "Fingerprint Some system\nClass A | B | C | D\nIE(R=Y%CD=S)\n\n"
BAD = "Fingerprint Another\nClass A | B | C | D\nIE(R=Y%WRONG=S)\n\n"


def named(value):
    return " ".join(value) if isinstance(value, list) else ""


def of_scanner(frame):
    """A packet that its kernel does not send of itself."""
    if frame[12:14] == b"\x86\xdd":
        return frame[22:38] == socket.inet_pton(socket.AF_INET6, Link.SCANNER6)
    return frame[12:14] == b"\x08\x06" or frame[26:30] == socket.inet_aton(Link.SCANNER)


@pytest.fixture(scope="module")
def two(namespaces):
    with Link("osopt") as made:
        for address in (TARGET + "/24", "fd89:1::2/64"):
            made.give(made.target, "wire0", address)
        yield made


@pytest.fixture
def scan(two, portolan, tmp_path):
    """scan(*argv): the finished process; .frames is what came to the target."""
    def run(*argv, program=(portolan,)):
        with wire.Capture(two.target, "wire0") as seen:
            done = two.scan(tmp_path, *program, "-n", "--no-journal", *argv)
        done.frames = [frame for frame in seen.frames if of_scanner(frame)]
        return done
    return run


def refused(done, *words):
    assert done.returncode == 1, done.stdout + done.stderr
    for word in words:
        assert word in done.stderr
    assert not done.frames


# Refused, and nothing was sent

@pytest.mark.parametrize("argv, word", [
    (["-O", "-sn"], "port scan"),
    (["-O", "-sL"], "port scan"),
    (["-A", "-sn"], "port scan"),
    (["-O", "--unprivileged", "-p22"], "CAP_NET_RAW"),
    (["--traceroute", "--unprivileged", "-p22"], "CAP_NET_RAW"),
    (["--traceroute", "-sI", "10.89.1.9", "-Pn", "-p22"], "zombie"),
    (["-O1", "-p22"], "use -O"),
    (["-O3", "-p22"], "takes no"),
    (["-O", "--max-os-tries", "51", "-p22"], "1 to 50"),
    (["-O", "--max-os-probes", "0", "-p22"], "1 to 65535"),
    (["-O", "--osdb", "/nonexistent", "-p22"], "--osdb: /nonexistent"),
    (["--traceroute", "--mmdb", "/nonexistent", "-p22"], "--mmdb: /nonexistent"),
], ids=named)
def test_what_cannot_be_is_refused(scan, argv, word):
    refused(scan(*argv, TARGET), word)


def test_a_file_of_prints_without_points_is_refused(scan, tmp_path):
    (tmp_path / "my.fp").write_text(GOOD)
    refused(scan("-O", "--osdb", tmp_path / "my.fp", "-p22", TARGET), "my.fp", "line 1", "--osdb")
    (tmp_path / "nmap-os-db").write_text(GOOD)
    refused(scan("-O", "--datadir", tmp_path, "-p22", TARGET), "nmap-os-db", "--osdb")


@pytest.mark.parametrize("content", [b"", b"no database", mmdb.FILES["asn"][:-9]])
def test_a_damaged_file_of_places_is_refused(scan, tmp_path, content):
    (tmp_path / "places.mmdb").write_bytes(content)
    refused(scan("--traceroute", "--mmdb", tmp_path / "places.mmdb", "-p22", TARGET),
            "places.mmdb", "leave the option out")


def test_a_dry_run_reads_the_files_too(scan, tmp_path):
    (tmp_path / "my.fp").write_text(GOOD)
    refused(scan("--dry-run", "-O", "--osdb", tmp_path / "my.fp", "-p22", TARGET), "my.fp")


# Said, and gone on

@pytest.mark.parametrize("argv, word", [
    (["-O", "-sO", "-p1"], "ignored with -sO"),
    (["--osscan-limit", "-p22"], "nothing without -O"),
    (["--max-os-tries", "2", "-p22"], "nothing without -O"),
    (["--osdb", "/nonexistent", "-p22"], "nothing without -O"),
    (["--mmdb", "/nonexistent", "-p22"], "nothing without it"),
    (["--traceroute", "-sL"], "-sL sends none"),
    (["-A", "-p22", "--unprivileged", "--osscan-guess"], "raw packets only"),
], ids=named)
def test_what_does_nothing_is_said(scan, argv, word):
    done = scan(*argv, TARGET)
    assert done.returncode == 0, done.stderr
    assert word in done.stderr


def test_a_mistake_in_a_print_is_no_reason_not_to_scan(scan, tmp_path):
    (tmp_path / "my.fp").write_text(POINTS + GOOD + BAD + GOOD.replace("Some", "Third"))
    done = scan("-O", "--osdb", tmp_path / "my.fp", "-p22", TARGET)
    assert done.returncode == 0, done.stderr
    assert re.search(r"my\.fp, line 11: .*left out", done.stderr)
    assert "Nmap scan report for" in done.stdout


def test_a_folder_of_prints_is_read_in_order_of_names(scan, tmp_path):
    folder = tmp_path / "prints"
    folder.mkdir()
    (folder / "b.fp").write_text(GOOD)
    (folder / "a.fp").write_text(POINTS)
    done = scan("-O", "--osdb", folder, "-p22", TARGET)
    assert done.returncode == 0, done.stderr
    (folder / "a.fp").rename(folder / "c.fp")
    refused(scan("-O", "--osdb", folder, "-p22", TARGET), "b.fp")


def test_nmaps_own_file_is_read_whole(scan):
    done = scan("-O", "--datadir", "/usr/share/nmap", "-p22", TARGET)
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.parametrize("argv", [
    ["-O"], ["-O", "--osscan-limit"], ["-O", "--osscan-guess", "--osscan-all"],
    ["-O", "--fuzzy", "--max-os-tries", "1"], ["-O", "--max-os-probes", "3"], ["-O", "-6"],
    ["-O", "-sU"], ["-O", "-sT"], ["-O", "--sweep", "-sS"], ["--traceroute"],
    ["--traceroute", "-sT"], ["-A", "--version-light"]], ids=named)
def test_all_of_them_scan(scan, argv):
    done = scan(*argv, "-p22", "fd89:1::2" if "-6" in argv else TARGET)
    assert done.returncode == 0, done.stderr
    assert "1 host up" in done.stdout and done.frames
    assert "runtime error" not in done.stderr


def test_places_are_open_before_privileges_are_given_up(scan, tmp_path):
    for name in "country", "asn":
        (tmp_path / name).write_bytes(mmdb.FILES[name])
        (tmp_path / name).chmod(0o400)
    done = scan("--traceroute", "--mmdb", tmp_path / "country", "--mmdb", tmp_path / "asn",
                "-p22", TARGET)
    assert done.returncode == 0, done.stderr
    assert not done.stderr


def test_a_user_without_privileges_gets_the_services_of_a(scan, portolan, tmp_path):
    tmp_path.chmod(0o777)
    done = scan("-A", "-p22", TARGET, program=(*NOBODY, portolan))
    assert done.returncode == 0, done.stderr
    assert "OS detection" not in done.stdout and "TRACEROUTE" not in done.stdout
    assert done.frames


# Plans

def test_abbreviations_mean_nmaps_options(scan):
    done = scan("--dry-run", "--json", "-O", "--osscan-l", "--max-os=3", "-p22", TARGET)
    assert done.returncode == 0, done.stderr
    system = json.loads(done.stdout)["system"]
    assert system["wanted"] and system["limit"] and system["tries"] == 3
    assert not system["guess"] and not system["all"] and system["probes_max"] == 0


def test_a_plan_says_it_in_words_and_in_json(scan, tmp_path):
    (tmp_path / "asn").write_bytes(mmdb.FILES["asn"])
    argv = ["--dry-run", "-A", "--osscan-all", "--max-os-probes", "60", "--mmdb", tmp_path / "asn",
            "-p22", TARGET]
    words, plan = scan(*argv), scan(*argv, "--json")
    assert re.search(r"^Systems +of hosts .*at most 60 probes.*all probes", words.stdout, re.M)
    assert re.search(r"^Paths +traced .*/asn$", words.stdout, re.M)
    plan = json.loads(plan.stdout)
    assert plan["version"]["wanted"] and plan["system"]["all"]
    assert plan["path"] == {"wanted": True, "mmdb": [str(tmp_path / "asn")]}
    assert not words.frames


# What the options do to the probes

def odd_echoes(frames):
    """Echo requests with code 9, which only OS detection sends."""
    return [frame for frame in frames if frame[12:14] == b"\x08\0" and frame[23] == 1 and
            frame[34:36] == b"\x08\x09"]


def test_os_detection_asks_once_it_is_wanted(scan):
    assert odd_echoes(scan("-O", "-p22", TARGET).frames)
    assert odd_echoes(scan("-A", "--version-light", "-p22", TARGET).frames)
    assert not odd_echoes(scan("-p22", TARGET).frames)


def test_it_asks_nobody_without_a_port_scan_of_ports(scan):
    assert not odd_echoes(scan("-O", "-sO", "-p1", TARGET).frames)
    assert not odd_echoes(scan("-A", "-sO", "-p1", TARGET).frames)


def test_limit_leaves_out_hosts_without_an_open_port(scan):
    assert not odd_echoes(scan("-O", "--osscan-limit", "-p22", TARGET).frames)


def test_tries_bound_the_rounds(scan, tmp_path):
    """No print fits, so every round is made."""
    (tmp_path / "no.fp").write_text(POINTS + "Fingerprint None\nClass A | B | C | D\nIE(R=N)\n")
    argv = ["-O", "--osdb", tmp_path / "no.fp", "-p22", TARGET]
    assert len(odd_echoes(scan(*argv, "--max-os-tries", "1").frames)) == 1
    assert len(odd_echoes(scan(*argv, "--max-os-tries", "2").frames)) == 2


def test_probes_of_a_host_are_bounded(scan):
    def sent(*more):
        done = scan("-O", "--osscan-all", "-p22", *more, TARGET)
        assert done.returncode == 0, done.stderr
        return len([frame for frame in done.frames if frame[12:14] == b"\x08\0"])
    plain = len([frame for frame in scan("-p22", TARGET).frames if frame[12:14] == b"\x08\0"])
    assert sent("--max-os-probes", "2") <= plain + 2 < sent()
