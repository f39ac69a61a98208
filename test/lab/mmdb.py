#!/usr/bin/env python3
"""Writes MaxMind DB files (the format's description, version 2.0: a search tree of bits, data, and
a map of metadata at the end), for tests of --mmdb.

mmdb.py FOLDER: the files that unit tests and fuzz/corpus/geo are made of."""
import ipaddress
import pathlib
import struct
import sys

MARKER = b"\xab\xcd\xefMaxMind.com"


class Number(int):
    """An int that says how it is written: 5 is uint16, 6 uint32, 9 uint64."""
    type = 6


class Short(Number):
    type = 5


class Long(Number):
    type = 9


def control(kind, size):
    """The byte, or bytes, before a value: its type and its size."""
    head = min(size, 29) if size < 29 + 256 else 30
    first = bytes([kind << 5 | head]) if kind < 8 else bytes([head, kind - 7])
    if size < 29:
        return first
    return first + (bytes([size - 29]) if head == 29 else struct.pack(">H", size - 285))


def encode(value):
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return control(11, len(value)) + b"".join(encode(v) for v in value)
    if isinstance(value, (str, bytes)):
        data = value.encode() if isinstance(value, str) else value
        return control(2, len(data)) + data
    if isinstance(value, float):
        return control(3, 8) + struct.pack(">d", value)
    kind = value.type if isinstance(value, Number) else 6
    data = int(value).to_bytes(8, "big").lstrip(b"\0")
    return control(kind, len(data)) + data


class Tree:
    """Bits to values; a node is [left, right], a leaf ("data", offset), None nothing."""

    def __init__(self, version):
        self.version, self.nodes = version, [[None, None]]

    def add(self, network, offset):
        network = ipaddress.ip_network(network)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[:network.prefixlen]
        if network.version == 4 and self.version == 6:
            bits = "0" * 96 + bits
        node = 0
        for bit in map(int, bits[:-1]):
            if not isinstance(self.nodes[node][bit], int):
                self.nodes.append([None, None])
                self.nodes[node][bit] = len(self.nodes) - 1
            node = self.nodes[node][bit]
        self.nodes[node][int(bits[-1])] = ("data", offset)

    def value(self, record):
        if record is None:
            return len(self.nodes)
        return record if isinstance(record, int) else len(self.nodes) + 16 + record[1]

    def encode(self, bits):
        out = b""
        for left, right in self.nodes:
            a, b = self.value(left), self.value(right)
            if bits == 28:
                out += (a & 0xffffff).to_bytes(3, "big") + bytes([a >> 24 << 4 | b >> 24]) + \
                    (b & 0xffffff).to_bytes(3, "big")
            else:
                out += a.to_bytes(bits // 8, "big") + b.to_bytes(bits // 8, "big")
        return out


def database(networks, version=6, bits=24, kind="Test"):
    """The bytes of a file. networks: prefix -> what is known of it."""
    tree, data = Tree(version), b""
    for network, known in networks.items():
        tree.add(network, len(data))
        data += encode(known)
    meta = {"node_count": Number(len(tree.nodes)), "record_size": Short(bits),
            "ip_version": Short(version), "database_type": kind, "languages": ["en"],
            "binary_format_major_version": Short(2), "binary_format_minor_version": Short(0),
            "build_epoch": Long(1700000000), "description": {"en": "for tests"}}
    return tree.encode(bits) + bytes(16) + data + MARKER + encode(meta)


def country(code):
    return {"country": {"geoname_id": 1, "iso_code": code, "names": {"en": "Somewhere"}},
            "location": {"latitude": 1.5}}


def network(number, name):
    return {"autonomous_system_number": number, "autonomous_system_organization": name}


FILES = {
    "country": database({"10.1.0.0/16": country("DE"), "10.2.0.0/16": country("FR"),
                         "fd00:1::/32": country("JP"),
                         "10.3.0.0/16": {"registered_country": {"iso_code": "CH"}}}),
    "asn": database({"10.1.0.0/16": network(64500, "Example Networks"),
                     "10.2.128.0/17": network(4200000001, "n" * 300),
                     "fd00::/16": network(64501, "Sixth \u00c9cole"),
                     "10.4.0.0/16": network(64502, b"tab\tand \x1b[31m\xff")}, bits=28),
    "merged": database({"10.1.0.0/16": {**country("AT"), **network(64510, "Merged")},
                        "10.9.0.0/16": {"traits": network(64511, "Inside traits")}}, bits=32),
    "flat": database({"10.1.0.0/16": {"country": "NL", "asn": "AS64520", "as_name": "Flat"},
                      "10.2.0.0/16": {"country_code": "BE", "asn": 64521, "as_name": "Flatter"}},
                     version=4),
    "odd": database({"10.1.0.0/16": {"country": {"iso_code": Number(7)}, "asn": "AS9999999999",
                                     "autonomous_system_organization": ["a", "list"]},
                     "10.2.0.0/16": "no map at all", "10.3.0.0/16": {"country": "TOOLONG"}}),
}


def main():
    for name, content in FILES.items():
        (pathlib.Path(sys.argv[1]) / f"{name}.mmdb").write_bytes(content)


if __name__ == "__main__":
    main()
