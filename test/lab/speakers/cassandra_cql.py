"""As Cassandra 3.11's CQL port without a login (native_protocol_v3.spec)."""
import struct

import speaking

ERROR, STARTUP, READY, OPTIONS, SUPPORTED, QUERY, RESULT = 0, 1, 2, 5, 6, 7, 8
ROW = {"cluster_name": "Lab Cluster", "release_version": "3.11.4", "data_center": "dc1"}


def text(value):
    return struct.pack(">H", len(value)) + value.encode()


def supported():
    body = struct.pack(">H", 2) + text("CQL_VERSION") + struct.pack(">H", 1) + text("3.4.4")
    return body + text("COMPRESSION") + struct.pack(">H", 2) + text("snappy") + text("lz4")


def rows():
    body = struct.pack(">iii", 2, 1, len(ROW)) + text("system") + text("local")
    body += b"".join(text(name) + struct.pack(">H", 13) for name in ROW) + struct.pack(">i", 1)
    return body + b"".join(struct.pack(">i", len(one)) + one.encode() for one in ROW.values())


def answer(opcode, body):
    if opcode == OPTIONS:
        return SUPPORTED, supported()
    if opcode == STARTUP:
        return READY, b""
    if opcode == QUERY and b"FROM system.local" in body:
        return RESULT, rows()
    return ERROR, struct.pack(">i", 10) + text("unknown request")


def talk(rfile, wfile):
    while True:
        version, _, stream, opcode, length = struct.unpack(">BBhBi", speaking.exactly(rfile, 9))
        if version != 3 or not 0 <= length <= 65536:
            raise speaking.Refused
        kind, body = answer(opcode, speaking.exactly(rfile, length))
        wfile.write(struct.pack(">BBhBi", 0x83, 0, stream, kind, len(body)) + body)


speaking.serve_tcp(talk)
