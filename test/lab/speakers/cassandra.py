"""As Cassandra 2.1's Thrift port, without a login (cassandra.thrift; Thrift's binary protocol,
framed)."""
import struct

import speaking


def text(value):
    return struct.pack(">i", len(value)) + value.encode()


RESULTS = {
    b"describe_cluster_name": b"\x0b\0\0" + text("Lab Cluster"),
    b"describe_version": b"\x0b\0\0" + text("19.39.0"),
    b"describe_keyspaces": b"\x0f\0\0\x0c\0\0\0\0",
}


def talk(rfile, wfile):
    while True:
        length, = struct.unpack(">i", speaking.exactly(rfile, 4))
        if not 12 <= length <= 65536:
            raise speaking.Refused
        frame = speaking.exactly(rfile, length)
        version, size = struct.unpack(">Ii", frame[:8])
        name = frame[8:8 + size]
        if version >> 16 != 0x8001 or name not in RESULTS:
            raise speaking.Refused
        sequence = frame[8 + size:12 + size]
        reply = (struct.pack(">Ii", 0x80010002, len(name)) + name + sequence + RESULTS[name] + b"\0")
        wfile.write(struct.pack(">i", len(reply)) + reply)


speaking.serve_tcp(talk)
