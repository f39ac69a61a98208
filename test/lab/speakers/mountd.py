"""A portmapper and a mountd with two exports, both on one port over TCP. mountd.py ADDRESS PORT"""
import socketserver
import struct
import sys

EXPORTS = (("/srv/all", ("*",)), ("/srv/some", ("10.0.0.0/8", "crane")))


def words(*numbers):
    return struct.pack(f">{len(numbers)}I", *numbers)


def text(value):
    raw = value.encode()
    return words(len(raw)) + raw + bytes(-len(raw) % 4)


def chain(items):
    return b"".join(words(1) + item for item in items) + words(0)


def results(program, version, procedure, port):
    if program == 100000 and version == 2 and procedure == 4:
        return chain(words(number, versions, 6, port) for number, versions in
                     ((100000, 2), (100005, 1), (100005, 3)))
    if program == 100000 and version == 2 and procedure == 3:
        return words(port)
    if program == 100005 and procedure == 5:
        return chain(text(folder) + chain(text(group) for group in groups) for folder, groups in EXPORTS)
    return b""


def reply(call, port):
    xid, _, _, program, version, procedure = struct.unpack(">6I", call[:24])
    head = words(xid, 1, 0, 0, 0)
    if program == 100000 and version != 2:
        return head + words(2, 2, 2)        # there is version 2 only
    return head + words(0) + results(program, version, procedure, port)


class Handler(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self):
        while len(mark := self.rfile.read(4)) == 4:
            call = self.rfile.read(struct.unpack(">I", mark)[0] & 0xffff)
            if len(call) < 24:
                return
            answer = reply(call, self.server.server_address[1])
            self.wfile.write(words(0x80000000 | len(answer)) + answer)


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer((sys.argv[1], int(sys.argv[2])), Handler) as server:
        server.serve_forever()
