"""A display manager that is willing. xdmcp.py ADDRESS PORT"""
import socketserver
import struct
import sys


def text(value):
    return struct.pack(">H", len(value)) + value


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        if data[:4] == b"\0\1\0\2":
            body = text(b"") + text(b"crane") + text(b"1 user, load: 0.1, 0.1, 0.1")
            sock.sendto(struct.pack(">HHH", 1, 5, len(body)) + body, self.client_address)


if __name__ == "__main__":
    socketserver.ThreadingUDPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
