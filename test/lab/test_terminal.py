"""A person at the terminal: progress, keys, colours, and interruption."""
import fcntl
import os
import pty
import re
import select
import signal
import termios
import time

import pytest

ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Terminal:
    """A scanner on a terminal of its own."""

    def __init__(self, lab, *argv, environment=None):
        self.ours, self.theirs = pty.openpty()
        self.before = termios.tcgetattr(self.theirs)
        self.screen = b""
        self.process = lab.scanner.popen(
            *argv, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
            env=lab.environment(**(environment or {})),
            # In the session that popen() begins, this is the controlling terminal.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def read(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.ours], [], [], min(left, 0.1))[0]:
                try:
                    self.screen += os.read(self.ours, 65536)
                except OSError:
                    return
            elif self.process.poll() is not None:
                return

    def wait_for(self, pattern, seconds=15):
        until = time.monotonic() + seconds
        start = len(self.screen)
        while time.monotonic() < until:
            if re.search(pattern, self.text(start)):
                return
            self.read(0.2)
        raise AssertionError(f"no {pattern} in {self.text(start)!r}")

    def text(self, start=0):
        return ESCAPE.sub(b"\n", self.screen[start:]).decode()

    def type(self, keys):
        os.write(self.ours, keys)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def slow(lab, portolan):
    """A scan of some 20 seconds on a terminal."""
    terminals = []

    def start(*more, environment=None, ports="1-200"):
        terminal = Terminal(lab, portolan, "-n", "-Pn", "-p", ports, "--scan-delay", "100ms", *more,
                            lab.SERVERS, environment=environment)
        terminals.append(terminal)
        return terminal
    yield start
    for terminal in terminals:
        terminal.close()


def test_keys_change_what_is_said(slow):
    terminal = slow()
    terminal.wait_for("Starting ")
    time.sleep(1)
    terminal.type(b"v")
    terminal.wait_for(r"(?i)verbosity")
    terminal.type(b"V")
    terminal.wait_for(r"(?i)verbosity")
    terminal.type(b"d")
    terminal.wait_for(r"(?i)debug")
    terminal.type(b"D")
    terminal.wait_for(r"(?i)debug")
    terminal.type(b"p")
    terminal.wait_for(r"(?i)packet trac")
    terminal.type(b"P")
    terminal.wait_for(r"(?i)packet trac")
    terminal.type(b"?")
    terminal.wait_for(r"(?i)verbos[\s\S]*debug[\s\S]*packet")
    terminal.type(b"\n")
    terminal.wait_for(r"Stats: 0:00:\d\d elapsed; 0 hosts completed \(1 up\), 1 undergoing")


def test_a_key_tells_which_scripts_run_and_where(slow, tmp_path):
    (tmp_path / "sleeper.nse").write_text(
        'description = "" author = "" license = "" categories = {}\n'
        'hostrule = function() return true end\n'
        'action = function() require("stdnse").sleep(30) end\n')
    terminal = slow("--script", tmp_path / "sleeper.nse", ports="1")
    terminal.wait_for("Starting ")
    time.sleep(2)
    terminal.type(b" ")
    terminal.wait_for(r"1 undergoing Script Scan[\s\S]*NSE: sleeper on [0-9.]+, for \d+\.\d+s")


def test_progress_is_shown_on_a_terminal_without_being_asked(slow):
    terminal = slow()
    terminal.wait_for(r"\d+(\.\d+)? ?%")


def test_no_colour_when_asked_for_none(slow):
    terminal = slow(environment={"NO_COLOR": "1"})
    terminal.wait_for(r"\d+(\.\d+)? ?%")
    assert not re.search(rb"\x1b\[[0-9;]*m", terminal.screen)


def test_interruption_restores_the_terminal_and_dies_of_it(slow, tmp_path):
    terminal = slow("-oX", tmp_path / "x")
    terminal.wait_for("Starting ")
    time.sleep(1)
    terminal.type(b"\x03")
    code = terminal.process.wait(15)
    assert code in (-signal.SIGINT, 128 + signal.SIGINT)
    after = termios.tcgetattr(terminal.theirs)
    assert after[:4] == terminal.before[:4]


def test_stats_every_speaks_without_a_terminal(lab, portolan):
    done = lab.scan(portolan, "-n", "-Pn", "-p1-30", "--scan-delay", "100ms", "--stats-every",
                    "500ms", lab.SERVERS)
    assert done.returncode == 0
    assert len(re.findall(r"^Stats: 0:00:0\d elapsed; ", done.stdout, re.M)) >= 3


def test_without_a_terminal_there_is_nothing_but_results(lab, portolan):
    done = lab.scan(portolan, "-n", "-p22,80", lab.SERVERS)
    assert done.stderr == ""
    assert re.fullmatch(r"Starting .*\n(.* scan report for .*\nHost is up .*\n\n"
                        r"PORT   STATE SERVICE\n22/tcp open  ssh\n80/tcp open  http\n"
                        r"(MAC Address: .*\n)?\n"
                        r".* done: .*\n)", done.stdout), done.stdout


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_scan_and_the_files_are_whole(lab, portolan, tmp_path, sign):
    import xml.etree.ElementTree as tree
    with open(tmp_path / "screen", "w") as screen:
        process = lab.scanner.popen(portolan, "-n", "-Pn", "-p1-500", "--scan-delay", "100ms", "-oX",
                                    tmp_path / "x", lab.SERVERS, stdout=screen, stderr=screen,
                                    stdin=-3, env=lab.environment())
    time.sleep(1.5)
    process.send_signal(sign)
    assert process.wait(10) in (-sign, 128 + sign)
    root = tree.parse(tmp_path / "x").getroot()
    finished = root.find("runstats/finished")
    assert finished is None or finished.get("exit") != "success"
