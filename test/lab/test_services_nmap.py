"""Nmap's own probe file, read by both programs, on the same servers: the same answers.

Nmap runs without its version scripts, which would put in what no probe found: --datadir
names a folder whose script database is empty. A difference counts when a second look at
that port by both shows it again: some servers answer differently when they are busy."""
import concurrent.futures
import os
import re

import pytest

import truth

PROBES = "/usr/share/nmap/nmap-service-probes"
FIELDS = ("service", "tunnel", "product", "version", "extra", "hostname", "ostype", "device",
          "cpes")

# (server, transport, standard port): the fields that may differ, and why. Nothing else may.
ALLOWED = {
    ("rpcbind", "tcp", 111): ({"version", "extra"}, "Nmap asks for programs in a script (SV-21)"),
    ("rpcbind", "udp", 111): ({"version", "extra"}, "Nmap asks for programs in a script (SV-21)"),
    ("msmtpd", "tcp", 25): ({"product", "hostname", "cpes"},
                            "Nmap's own answer changes: it speaks before the greeting is there"),
    ("dante", "tcp", 1080): ({"extra"}, "it answers in two segments, 5 0 and then the failure: who looks "
                                        "between them (Nmap mostly) sees only the first"),
}
# What a server says of its clock, which goes on between two looks.
CLOCKS = re.compile(r"(?<=server time: )[0-9: Z-]+|(?<=uptime )[0-9]+(?= seconds)")


@pytest.fixture(scope="module")
def mine(service_lab):
    """On their standard ports: what a port is called has no part in it elsewhere."""
    return [one for one in service_lab.truth if one.variant == "standard"]


@pytest.fixture(scope="module")
def without_scripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("datadir")
    (folder / "scripts").mkdir()
    (folder / "scripts/script.db").touch()
    return folder


class Pair:
    def __init__(self, lab, portolan, without_scripts):
        self.lab = lab
        self.programs = {"nmap": ["/usr/bin/nmap", "--datadir", without_scripts],
                         "portolan": [portolan]}

    def scan(self, who, wanted):
        """Many services at a time, and no rare probes, or Nmap takes a quarter of an hour."""
        return self.lab.answers(self.programs[who], "-T4", "--min-parallelism", "100",
                                "--version-intensity", "4",
                                "--versiondb", PROBES, wanted=wanted)

    def differences(self, wanted, together):
        """{(server, transport, port): {field: text}} of what the two say differently. Together they
        need half the time, and may be in each other's way."""
        found = {}
        with concurrent.futures.ThreadPoolExecutor(2 if together else 1) as pool:
            theirs, ours = pool.map(lambda who: self.scan(who, wanted), ("nmap", "portolan"))
        for one in wanted:
            where = one.address, one.transport, one.port
            absent = truth.Answer("absent")
            if text := difference(theirs.get(where, absent), ours.get(where, absent)):
                found[one.server, one.transport, one.port] = text
        return found


def difference(theirs, ours):
    """{field: text}"""
    if not theirs.probed and not ours.probed:   # both have the table's name only
        return {}
    pairs = {field: (getattr(theirs, field), getattr(ours, field)) for field in FIELDS}
    pairs["extra"] = tuple(CLOCKS.sub("*", extra) for extra in pairs["extra"])
    return {field: f"{field}: {one!r} is {other!r} of ours"
            for field, (one, other) in pairs.items() if one != other}


def report(differing):
    lines = []
    for key, fields in sorted(differing.items()):
        lines.append(f"{key[0]} {key[1]}/{key[2]}")
        allowed, why = ALLOWED.get(key, ((), ""))
        lines += [f"    {text}" + (f" (allowed: {why})" if field in allowed else "")
                  for field, text in fields.items()]
    return "\n".join(lines)


def test_nmaps_probe_file_gives_nmaps_answers(service_lab, mine, portolan, without_scripts):
    pair = Pair(service_lab, portolan, without_scripts)
    differing = pair.differences(mine, together=True)
    if differing:
        again = pair.differences([one for one in mine if
                                  (one.server, one.transport, one.port) in differing],
                                 together=False)
        differing = {where: text for where, text in again.items() if where in differing}
    told = report(differing)
    print(f"\n{len(mine)} ports compared, {len(differing)} differ\n{told}")
    unexplained = {key for key, fields in differing.items()
                   if set(fields) - set(ALLOWED.get(key, ((), ""))[0])}
    assert not unexplained, f"\n{told}"


def test_every_allowed_difference_is_of_a_server_that_there_is(service_lab):
    """ALLOWED holds nothing that nobody can check."""
    if os.environ.get("SERVERS"):
        pytest.skip("only some of the servers run")
    known = {(one.server, one.transport, one.port) for one in service_lab.truth}
    gone = {key for key in ALLOWED if key not in known and key[0] not in service_lab.skipped}
    assert not gone
