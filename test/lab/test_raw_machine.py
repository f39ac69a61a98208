"""Raw scans and the machine they run on: its interfaces, its privileges, what it keeps."""
import contextlib
import fcntl
import os
import select
import socket
import struct
import subprocess
import threading
import time
import xml.etree.ElementTree as tree

import pytest

import packets
import report
import wire
from link import Link
from raw_rows import ROUTER
from responder import Responder, arp, tcp

TARGET = "10.89.2.10"
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
RAW_ONLY = [*NOBODY, "--inh-caps", "-all,+net_raw", "--ambient-caps", "+net_raw"]
NO_RAW = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"]


@pytest.fixture(scope="module")
def two(namespaces):
    """A scanner and a target with a kernel of its own."""
    with Link("machine") as made:
        for address in ("10.89.1.2/24", "fd89:1::2/64"):
            made.give(made.target, "wire0", address)
        made.scanner.ip("route", "add", "10.89.2.0/24", "via", ROUTER[0])
        made.target.ip("route", "add", "local", "10.89.2.0/24", "dev", "lo")
        yield made


def started(link, folder, program, *argv):
    return link.scanner.popen(program, "-n", "--no-journal", *argv, env=link.environment(folder),
                              cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)


def wait_until(ready, what):
    deadline = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < deadline, f"no {what} in 10 s"
        time.sleep(0.01)


def under(link, folder, prefix, program, *argv):
    return link.scan(folder, prefix[0], *prefix[1:], program, "-n", *argv)


# The way out is lost

@pytest.mark.parametrize("sweep", [False, True])
def test_an_interface_goes_down_in_the_middle(raw_link, portolan, tmp_path, sweep):
    """What is left is incomplete and said to be; nothing takes another way."""
    argv = ["--max-rate", "100", "-p1-3000", TARGET, "10.89.2.11"]
    if sweep:
        argv = ["--max-rate", "100", "--sweep", "--special-targets", "-p80,81", "10.89.2.0/24"]
    with Link("other") as other:
        # The other link would be the kernel's second choice.
        raw_link.scanner.ip("link", "add", "scan1", "type", "veth", "peer", "name", "wire1",
                            "netns", other.target.name)
        raw_link.scanner.ip("link", "set", "scan1", "up")
        other.target.ip("link", "set", "wire1", "up")
        raw_link.scanner.ip("addr", "add", "10.99.0.1/24", "dev", "scan1")
        raw_link.scanner.ip("route", "add", "default", "via", "10.99.0.2", "metric", "500")
        raw_link.scanner.ip("neigh", "flush", "all")
        with wire.Capture(other.target, "wire1") as elsewhere, \
                Responder(raw_link.target, "wire0", {}, {ROUTER[0]: arp()}) as responder:
            process = started(raw_link, tmp_path, portolan, "-Pn", "-oX", tmp_path / "x", *argv)
            wait_until(lambda: len(responder.seen) > 20, "probe")
            raw_link.scanner.ip("link", "set", "scan0", "down")
            try:
                out, error = process.communicate(timeout=20)
            finally:
                raw_link.scanner.ip("link", "set", "scan0", "up")
                raw_link.scanner.ip("addr", "replace", "fd89:1::1/64", "dev", "scan0", "nodad")
                raw_link.scanner.ip("route", "replace", "10.89.2.0/24", "via", ROUTER[0])
                raw_link.scanner.ip("-6", "route", "replace", "fd89:2::/64", "via", ROUTER[1])
    assert process.returncode == 1
    assert "interface scan0 went down" in out + error
    assert "could not be scanned to the end" in error or sweep
    finished = tree.parse(tmp_path / "x").getroot().find("runstats/finished")
    assert finished.get("exit") == "error" and finished.get("errormsg")
    if not sweep:
        assert out.count("Incomplete scan report for") == 2
    assert not [frame for frame in elsewhere.frames if frame[12:14] == b"\x08\0"]


# Privileges

def test_with_the_one_capability_any_user_scans_raw(two, portolan, tmp_path):
    tmp_path.chmod(0o777)
    done = under(two, tmp_path, RAW_ONLY, portolan, "--reason", "-p22", "10.89.1.2")
    assert done.returncode == 0, done.stderr
    assert "arp-response" in done.stdout and "22/tcp closed ssh     reset" in done.stdout


@pytest.mark.parametrize("prefix", [NOBODY, NO_RAW])
def test_without_it_connections_are_made(two, portolan, tmp_path, prefix):
    done = under(two, tmp_path, prefix, portolan, "--no-journal", "--reason", "-p22", "10.89.1.2")
    assert done.returncode == 0, done.stderr
    assert "22/tcp closed ssh     conn-refused" in done.stdout
    # An ordinary user does not expect more, and Nmap says nothing either; a root does.
    assert ("CAP_NET_RAW" in done.stdout + done.stderr) == (prefix is NO_RAW)


@pytest.mark.parametrize("prefix", [NOBODY, NO_RAW])
@pytest.mark.parametrize("option", ["-sS", "-sU", "-O", "-f", "--traceroute"])
def test_what_cannot_be_done_without_is_refused(two, portolan, tmp_path, prefix, option):
    done = under(two, tmp_path, prefix, portolan, "-p22", option, "10.89.1.2")
    assert done.returncode != 0 and done.stderr
    if option != "-f":
        assert "CAP_NET_RAW" in done.stderr, done.stderr


def test_nobody_needs_a_home(two, portolan, tmp_path):
    """The journal that was not asked for does not spoil a scan."""
    done = under(two, tmp_path, NOBODY, portolan, "-p22", "10.89.1.2")
    assert done.returncode == 0, done.stderr
    assert "--no-journal" in done.stderr


def test_all_privileges_are_given_up(two, release, tmp_path):
    process = started(two, tmp_path, release, "-Pn", "--max-rate", "20", "-p1-400", TARGET)
    with wire.Capture(two.target, "wire0") as seen:
        wait_until(lambda: seen.syns, "probe")
        # ip netns exec became the program.
        with open(f"/proc/{process.pid}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        process.terminate()
        process.communicate(timeout=10)
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"


# What was sent and came back, kept

def tshark(file, *fields):
    argv = ["tshark", "-r", file, "-T", "fields", "-E", "separator=,"]
    for field in fields:
        argv += ["-e", field]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_capture_holds_what_was_sent_and_received(two, portolan, tmp_path):
    two.scanner.ip("neigh", "flush", "all")
    done = two.scan(tmp_path, portolan, "-n", "-p22,80", "--pcap", tmp_path / "kept", "10.89.1.2")
    assert done.returncode == 0, done.stderr
    kept = tshark(tmp_path / "kept", "arp.opcode", "ip.dst", "tcp.dstport", "tcp.flags")
    probes = [line.split(",") for line in kept if line.startswith(",10.89.1.2,")]
    answers = [line.split(",") for line in kept if line.startswith(",10.89.1.1,")]
    assert [line for line in kept if line[0] in "12"] == ["1,,,", "2,,,"]
    assert {port: int(flags, 16) for _, _, port, flags in probes} == {"22": 2, "80": 2}
    assert len(answers) == 2 and {int(flags, 16) for _, _, _, flags in answers} == {0x14}


# Other links

class Tun:
    """A host behind a tun device, with one open port."""

    def __init__(self, space, address):
        with space.entered():  # IFF_TUN | IFF_NO_PI
            self.file = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(self.file, 0x400454CA, struct.pack("16sH22x", b"tun0", 0x1001))
        space.ip("addr", "add", address, "dev", "tun0")
        space.ip("link", "set", "tun0", "up")
        self.over_read, self.over_write = socket.socketpair()
        self.asked = []
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while True:
            ready, _, _ = select.select([self.file, self.over_read], [], [])
            if self.over_read in ready:
                return
            probe = packets.read(packets.ethernet(bytes(6), bytes(6), packets.IP4,
                                                  os.read(self.file, 2048)))
            if probe is None or probe.protocol != packets.TCP or "R" in probe.flags:
                continue
            self.asked.append(probe.dport)
            for _, answer in tcp("SA" if probe.dport == 80 else "RA")(probe):
                os.write(self.file, answer)

    def close(self):
        self.over_write.send(b"x")
        self.thread.join()
        for one in (self.over_read, self.over_write):
            one.close()
        os.close(self.file)


def test_a_host_behind_a_tun_device(two, portolan, tmp_path):
    tun = Tun(two.scanner, "10.94.0.1/24")
    with contextlib.closing(tun):
        done = two.scan(tmp_path, portolan, "-n", "-sS", "-p80,81", "--reason", "-oX", "-", "10.94.0.2",
                        "10.89.1.2")
    assert done.returncode == 0, done.stderr
    hosts = report.read(done.stdout)
    # And the target on the other interface, in the same run.
    assert hosts["10.94.0.2"].ports == {("tcp", 80): "open", ("tcp", 81): "closed"}
    assert hosts["10.89.1.2"].ports == {("tcp", 80): "closed", ("tcp", 81): "closed"}
    assert (hosts["10.94.0.2"].reason, hosts["10.89.1.2"].reason) == ("syn-ack", "arp-response") \
        or hosts["10.94.0.2"].reason == "reset"


@pytest.mark.parametrize("address, family", [("127.0.0.1", 4), ("10.89.1.1", 4), ("::1", 6),
                                             ("fd89:1::1", 6)])
def test_the_scanner_scans_itself(two, portolan, tmp_path, address, family):
    with two.scanner.entered():
        listener = socket.create_server((address, 8123),
                                        family=socket.AF_INET6 if family == 6 else socket.AF_INET)
    with listener:
        done = two.scan(tmp_path, portolan, "-n", "-sS", "-p8123,8124", "--reason", "-oX", "-",
                        *(["-6"] if family == 6 else []), address)
    assert done.returncode == 0, done.stderr
    host = report.read(done.stdout)[address]
    assert host.reason == "localhost-response"
    assert host.ports == {("tcp", 8123): "open", ("tcp", 8124): "closed"}
    assert set(host.reasons.values()) == {"syn-ack", "reset"}


# Where there is no way

def test_targets_without_a_route_are_told(two, portolan, tmp_path):
    """The first few by name: whoever typed a wrong net sees why nothing is up."""
    done = two.scan(tmp_path, portolan, "-n", "--no-journal", "-Pn", "-p22", "-oX", "out.xml",
                    "203.0.113.7-12")
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "has no route to" in line]
    assert len(told) == 3 and "203.0.113.7:" in told[0] and "No more" in told[2], done.stderr
    hosts = tree.parse(tmp_path / "out.xml").find("runstats/hosts")
    assert (hosts.get("up"), hosts.get("down")) == ("0", "6")
