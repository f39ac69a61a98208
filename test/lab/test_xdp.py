"""The XDP programs that stand in for netem do what they say: counted by a socket
behind them, not by themselves."""
import socket
import time

import pytest

import report
import xdp
from link import Link

PORT, TARGET, TARGET6 = 4000, "10.89.1.2", "fd89:1::2"


@pytest.fixture(scope="module")
def two(namespaces):
    with Link("xdp") as made:
        for address in (TARGET + "/24", TARGET6 + "/64"):
            made.give(made.target, "wire0", address)
        yield made


def socket_in(space, family, kind):
    with space.entered():
        return socket.socket(family, kind)


class Datagrams:
    """Sends numbered datagrams to the target, and counts what gets there."""

    def __init__(self, two, address):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sender = socket_in(two.scanner, family, socket.SOCK_DGRAM)
        self.receiver = socket_in(two.target, family, socket.SOCK_DGRAM)
        self.receiver.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
        self.receiver.bind((address, PORT))
        self.receiver.setblocking(False)
        self.address = address

    def send(self, count):
        for _ in range(count):
            self.sender.sendto(b"", (self.address, PORT))

    def arrived(self):
        count = 0
        while True:
            try:
                self.receiver.recv(64)
                count += 1
            except BlockingIOError:
                return count

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sender.close()
        self.receiver.close()


@pytest.mark.parametrize("address", [TARGET, TARGET6])
@pytest.mark.parametrize("share", [0.03, 0.5])
def test_the_share_that_is_lost_is_the_share_asked_for(two, share, address):
    with xdp.attach(two.target, "wire0", "loss", share=share) as loss, \
            Datagrams(two, address) as sent:
        sent.send(4000)
        arrived = sent.arrived()
        # The kernels may say a word of their own (multicast groups).
        assert 0 <= loss.passed + loss.dropped - 4000 <= 3 and 0 <= loss.passed - arrived <= 3
    # Six standard deviations: wrong once in a thousand million runs.
    margin = 6 * (4000 * share * (1 - share)) ** 0.5
    assert abs(4000 - arrived - 4000 * share) < margin


def test_what_is_beyond_the_rate_is_lost(two):
    with xdp.attach(two.target, "wire0", "police", pps=1000, burst=20), \
            Datagrams(two, TARGET) as sent:
        before = time.monotonic()
        while (took := time.monotonic() - before) < 0.5:
            sent.send(50)
        took = time.monotonic() - before
        arrived = sent.arrived()
    assert 20 + 1000 * took * 0.5 < arrived <= 20 + 1000 * took + 1


def test_a_burst_passes_whole(two):
    with xdp.attach(two.target, "wire0", "police", pps=1, burst=200), \
            Datagrams(two, TARGET) as sent:
        sent.send(1000)
        assert sent.arrived() in (200, 201)


@pytest.mark.parametrize("kind, arrive", [("drop", 0), ("count", 100)])
def test_nothing_or_all_arrives_and_is_counted(two, kind, arrive):
    with xdp.attach(two.target, "wire0", kind) as attached, Datagrams(two, TARGET) as sent:
        sent.send(100)
        assert sent.arrived() == arrive
        assert (attached.passed, attached.dropped) == (arrive, 100 - arrive)
    with Datagrams(two, TARGET) as sent:  # and it is gone
        sent.send(100)
        assert sent.arrived() == 100


@pytest.mark.parametrize("address", [TARGET, TARGET6])
@pytest.mark.parametrize("flags, only_syn, dropped", [
    ("SYN", True, "filtered"), ("ACK", True, "unfiltered"), ("ACK", False, "filtered")])
def test_a_firewall_is_silent_but_for_its_ports(two, tmp_path, address, flags, only_syn, dropped):
    argv = ["-n", "-Pn", "-T5", "--max-retries", "1", "-p1-60", "-oX", "-",
            *(["-6"] if ":" in address else []), "-sS" if flags == "SYN" else "-sA", address]
    with xdp.attach(two.target, "wire0", "firewall", allowed=[22, 53], only_syn=only_syn):
        done = two.scan(tmp_path, "nmap", *argv)
    seen = report.read(done.stdout)[address].ports
    passed = "closed" if flags == "SYN" else "unfiltered"
    assert seen == {("tcp", port): passed if port in (22, 53) else dropped
                    for port in range(1, 61)}
