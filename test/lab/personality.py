"""Hosts that answer OS detection as reference prints describe them: the program
test/personality on the far end of a link of its own.

    with Personalities(link, "wire0", tool, db="/usr/share/nmap/nmap-os-db") as crowd:
        crowd.address(17)         the address that entry 17 (from 0) answers at
        crowd.entry("10.90.0.18") and back
    with Personalities(link, "wire0", tool, replay="data/os6/samples") as crowd:
        crowd.address6(3)         the address of the folder's fourth print

The scanner's end gets addresses in the same networks. TCP port 22 is open, all others
are closed, and so are all UDP ports; of a print, what its replies say."""
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
    SCANNER6, BASE6 = "fd90::1", ipaddress.ip_address("fd90::1000")

    def __init__(self, link, interface, tool, db=None, replay=None, first=0, count=None, drop=0,
                 seconds=1800):
        self.space, self.first = link.target, first
        for address in (self.SCANNER + "/16", self.SCANNER6 + "/64"):
            with contextlib.suppress(LabError):  # a user before has given it already
                link.give(link.scanner, "scan0", address)
        argv = [tool, "--interface", interface, "--drop", drop, "--seconds", seconds]
        if db is not None:
            argv += ["--db", db, "--base", self.BASE, "--first", first]
        if count is not None:
            argv += ["--count", count]
        if replay is not None:
            argv += ["--replay", replay, "--base6", self.BASE6]
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

    def address6(self, place):
        return str(self.BASE6 + place)

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
