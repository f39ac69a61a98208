"""What must not be asked is not asked by raw packets either, whatever asks: ARP and
neighbour discovery, pings, scans of every kind, sweeps. Random sets of targets and
excludes, each in a block of its own, seen by the target's kernel on the wire."""
import ipaddress
import random

import pytest

import packets
import wire
from link import Link

SEED = 7
SETS = {4: 100, 6: 30}
# Near: on the link, and asked for by ARP or ND first. Far: behind the target.
BLOCKS = {4: ("10.91.{}.0/27", "10.90.{}.0/27"), 6: ("fd91::{:x}00/123", "fd90::{:x}00/123")}
QUICK = ["-n", "-T5", "--max-retries", "0", "--no-journal"]
STAGES = [
    ["-sn"], ["-sn", "-PE", "-PS80", "-PU9", "-PY9", "-PO2"],
    ["-sS", "-p80"], ["-sS", "-sU", "-sY", "-p", "T:80,U:9,S:9"], ["-Pn", "-sA", "-p80"],
    ["-Pn", "-sO", "-p6,17"], ["--sweep", "--special-targets", "-sS", "-p80"],
    ["--sweep", "--special-targets", "-Pn", "-sS", "-p80"],
    ["--sweep", "--special-targets", "-Pn", "-sU", "-p9"], ["-sT", "-p80"],
]


@pytest.fixture(scope="module")
def net(namespaces):
    """The target answers for all of both blocks, but that IPv6 neighbours stay silent."""
    with Link("gate") as made:
        for address in ("10.91.255.1/16", "fd91::ffff:1/64"):
            made.give(made.scanner, "scan0", address)
        for address in ("10.89.1.2/24", "fd89:1::2/64"):
            made.give(made.target, "wire0", address)
        for family, far, gate in (("-4", "10.90.0.0/16", "10.89.1.2"), ("-6", "fd90::/64", "fd89:1::2")):
            made.scanner.ip(family, "route", "add", far, "via", gate)
            made.target.ip(family, "route", "add", "local", far, "dev", "lo")
        made.target.ip("route", "add", "local", "10.91.0.0/17", "dev", "lo")
        made.target.ip("route", "add", "10.91.255.1", "dev", "wire0")
        made.target.ip("-6", "route", "add", "fd91::ffff:1", "dev", "wire0")
        made.target.sysctl("ipv4/icmp_ratelimit", 0)
        made.target.sysctl("ipv6/icmp/ratelimit", 0)
        yield made


def exclusions(picked, block):
    """[(as one writes it, the addresses)] of some parts of the block."""
    hosts = list(block)
    found = []
    for _ in range(picked.randint(1, 3)):
        kind = picked.choice(["one", "range", "net"])
        at = picked.randrange(len(hosts))
        if kind == "range" and block.version == 4:
            end = picked.randrange(at, len(hosts))
            found.append((f"{hosts[at]}-{int(hosts[end]) & 255}", hosts[at:end + 1]))
        elif kind == "net":
            bits = picked.randint(1, 4)
            net = ipaddress.ip_network((int(hosts[at]) >> bits << bits,
                                        block.max_prefixlen - bits))
            found.append((str(net), list(net)))
        else:
            found.append((str(hosts[at]), [hosts[at]]))
    return found


def asked(frames):
    """The addresses that a packet of the scanner went to, or was to find."""
    found = set()
    for frame in frames:
        packet = packets.read(frame)
        if packet is None or packet.source is None or packet.source.startswith(("10.90.", "fd90:")):
            continue
        if packet.family is None and packet.type != 1:
            continue  # the kernels' own answers
        if packet.protocol == packets.ICMP6 and packet.type == 135:
            found.add(str(ipaddress.IPv6Address(packet.data[:16])))
        elif packet.to:
            found.add(packet.to)
    return {ipaddress.ip_address(address) for address in found}


@pytest.mark.parametrize("family", [4, 6])
def test_excluded_addresses_get_no_packet_of_any_kind(net, release, tmp_path, family):
    picked = random.Random(SEED + family)
    allowed, forbidden = set(), set()
    with wire.Capture(net.target, "wire0") as seen:
        for number in range(SETS[family]):
            blocks = [ipaddress.ip_network(one.format(number)) for one in BLOCKS[family]]
            excluded = [one for block in blocks for one in exclusions(picked, block)]
            stage = picked.choice(STAGES)
            targets = [str(block) for block in blocks]
            words = [text for text, _ in excluded]
            if picked.random() < 0.5:
                argv = ["--exclude", ",".join(words)]
            else:
                (tmp_path / "excluded").write_text("\n".join(words) + "\n")
                argv = ["--excludefile", tmp_path / "excluded"]
            done = net.scan(tmp_path, release, *QUICK, *(["-6"] if family == 6 else []), *stage,
                            *argv, *targets)
            assert done.returncode == 0, (stage, argv, targets, done.stderr)
            out = {address for _, addresses in excluded for address in addresses}
            forbidden |= out
            allowed |= {address for block in blocks for address in block} - out
    found = asked(seen.frames)
    assert not found & forbidden, sorted(found & forbidden)[:5]
    # And that was not because nothing was asked.
    assert not allowed - found, (len(allowed - found), sorted(allowed - found)[:5])
