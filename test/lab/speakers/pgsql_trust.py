"""As PostgreSQL 15 whose pg_hba.conf trusts everybody, without TLS (postgresql.org,
"Message Formats")."""
import struct

import speaking

SSL_REQUEST, PROTOCOL_3 = 80877103, 196608


def message(kind, content):
    return kind + struct.pack(">i", len(content) + 4) + content


def let_in(wfile):
    parameters = {b"server_version": b"15.3", b"TimeZone": b"Etc/UTC"}
    wfile.write(message(b"R", struct.pack(">i", 0)))
    for name, value in parameters.items():
        wfile.write(message(b"S", name + b"\0" + value + b"\0"))
    wfile.write(message(b"K", struct.pack(">ii", 71, 4711)) + message(b"Z", b"I"))


def talk(rfile, wfile, answer=let_in):
    while True:
        length, code = struct.unpack(">ii", speaking.exactly(rfile, 8))
        if not 8 <= length <= 10000:
            raise speaking.Refused
        speaking.exactly(rfile, length - 8)
        if code != SSL_REQUEST:
            break
        wfile.write(b"N")
    if code != PROTOCOL_3:
        raise speaking.Refused
    answer(wfile)
    rfile.read(1)


if __name__ == "__main__":
    speaking.serve_tcp(talk)
