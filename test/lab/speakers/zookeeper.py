"""As ZooKeeper 3.4 speaks: words of four letters, and sessions that list the root's children
(zookeeper.apache.org, "Administrator's Guide"; jute records of its source)."""
import struct

import speaking

SRVR = b"""Zookeeper version: 3.4.13-2d71af4dbe22557fda74f9a9b4309b15a7487f03, built on 06/29/2018 04:05 GMT
Latency min/avg/max: 0/0/3
Received: 5
Sent: 4
Connections: 1
Outstanding: 0
Zxid: 0x4
Mode: standalone
Node count: 6
"""
ENVI = b"""Environment:
zookeeper.version=3.4.13-2d71af4dbe22557fda74f9a9b4309b15a7487f03, built on 06/29/2018 04:05 GMT
host.name=lab.test
java.version=1.8.0_191
os.name=Linux
os.version=4.19.0
"""
WORDS = {b"srvr": SRVR, b"ruok": b"imok", b"envi": ENVI}
GET_CHILDREN, CLOSE = 8, -11


def framed(body):
    return struct.pack(">i", len(body)) + body


def text(value):
    return struct.pack(">i", len(value)) + value


def session(rfile, wfile):
    wfile.write(framed(struct.pack(">iiqi", 0, 4000, 0x1634, 16) + bytes(16)))
    while True:
        length, = struct.unpack(">i", speaking.exactly(rfile, 4))
        if not 8 <= length <= 65536:
            raise speaking.Refused
        number, kind = struct.unpack(">ii", speaking.exactly(rfile, length)[:8])
        head = struct.pack(">iqi", number, 4, 0)
        if kind == GET_CHILDREN:
            wfile.write(framed(head + struct.pack(">i", 2) + text(b"zookeeper") + text(b"shop")))
        elif kind == CLOSE:
            wfile.write(framed(head))
            return


def talk(rfile, wfile):
    first = speaking.exactly(rfile, 4)
    if first in WORDS:
        wfile.write(WORDS[first])
    elif first[:2] == b"\0\0":
        speaking.exactly(rfile, struct.unpack(">i", first)[0])
        session(rfile, wfile)


speaking.serve_tcp(talk)
