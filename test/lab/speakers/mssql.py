"""As Microsoft SQL Server 2017 answers PRELOGIN (MS-TDS 2.2.6.5): version, and no encryption."""
import struct

import speaking

PRELOGIN, RESPONSE = 0x12, 0x04
VERSION, ENCRYPTION, INSTANCE, THREAD, MARS, END = 0, 1, 2, 3, 4, 0xff
NOT_SUPPORTED = 2


def answer():
    options = [(VERSION, struct.pack(">BBHH", 14, 0, 3456, 0)), (ENCRYPTION, bytes([NOT_SUPPORTED])),
               (INSTANCE, b"\0"), (THREAD, b""), (MARS, b"\0")]
    at = 5 * len(options) + 1
    head = data = b""
    for kind, value in options:
        head += struct.pack(">BHH", kind, at + len(data), len(value))
        data += value
    body = head + bytes([END]) + data
    return struct.pack(">BBHHBB", RESPONSE, 1, 8 + len(body), 0, 1, 0) + body


def talk(rfile, wfile):
    kind, _, length, _, _, _ = struct.unpack(">BBHHBB", speaking.exactly(rfile, 8))
    if kind != PRELOGIN or not 8 <= length <= 4096:
        raise speaking.Refused
    speaking.exactly(rfile, length - 8)
    wfile.write(answer())
    rfile.read(1)


speaking.serve_tcp(talk)
