"""Hosts that answer OS detection as reference prints describe them: the program
test/personality on the far end of a link of its own.

    with Personalities(link, "wire0", tool, "/usr/share/nmap/nmap-os-db") as crowd:
        crowd.address(17)         the address that entry 17 (from 0) answers at
        crowd.entry("10.90.0.18") and back

The scanner's end gets an address in the same network. TCP port 22 is open, all others
are closed, and so are all UDP ports."""
import contextlib
import ipaddress
import json
import select
import signal
import subprocess

from lab import LabError


class Personalities:
    NETWORK, SCANNER = "10.90.0.0/16", "10.90.255.254"
    BASE = ipaddress.ip_address("10.90.0.1")

    def __init__(self, link, interface, tool, db, first=0, count=None, drop=0, seconds=1800):
        self.space, self.first = link.target, first
        with contextlib.suppress(LabError):  # a user before has given it already
            link.give(link.scanner, "scan0", self.SCANNER + "/16")
        argv = [tool, "--db", db, "--interface", interface, "--base", self.BASE,
                "--first", first, "--drop", drop, "--seconds", seconds]
        if count is not None:
            argv += ["--count", count]
        self.process = link.target.popen(*argv, stdout=subprocess.PIPE, text=True,
                                         stdin=subprocess.DEVNULL)
        self.hosts = self.wait_until_ready()
        self.counts = None

    def wait_until_ready(self):
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        words = self.process.stdout.readline().split() if ready else []
        if not words or words[0] != "ready":
            raise LabError("the personalities do not come up")
        return int(words[1])

    def address(self, entry):
        return str(self.BASE + entry - self.first)

    def entry(self, address):
        return int(ipaddress.ip_address(address)) - int(self.BASE) + self.first

    def close(self):
        """Ends the program; `counts` says what it heard, dropped and answered."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=20)
        if self.counts is None:
            self.counts = json.loads(rest or "{}")
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
