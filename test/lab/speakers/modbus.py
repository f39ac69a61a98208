"""A Modbus/TCP device that tells who it is, at unit 1; at others a gateway that reaches nobody.
modbus.py ADDRESS PORT"""
import socketserver
import struct
import sys

OBJECTS = (b"Harbour", b"Crane", b"4.7")


def answer(unit, body):
    if unit != 1:
        return bytes([body[0] | 0x80, 11])
    if body[0] == 17:
        identity = b"Harbour Crane\xff"
        return bytes([17, len(identity)]) + identity
    if body[:2] == b"\x2b\x0e":
        listed = b"".join(bytes([number, len(text)]) + text for number, text in enumerate(OBJECTS))
        return b"\x2b\x0e\x01\x01\x00\x00" + bytes([len(OBJECTS)]) + listed
    return bytes([body[0] | 0x80, 1])


class Handler(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self):
        while len(head := self.rfile.read(7)) == 7:
            number, protocol, length, unit = struct.unpack(">HHHB", head)
            body = self.rfile.read(length - 1) if 2 <= length <= 254 and protocol == 0 else b""
            if not body:
                return
            told = answer(unit, body)
            self.wfile.write(struct.pack(">HHHB", number, 0, len(told) + 1, unit) + told)


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer((sys.argv[1], int(sys.argv[2])), Handler) as server:
        server.serve_forever()
