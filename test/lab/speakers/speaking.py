"""What speakers share: servers of one protocol for protocols whose real servers are no
Debian packages, written from the protocols' documents. Each is started as

    /usr/bin/python3 test/lab/speakers/NAME.py ADDRESS PORT
"""
import http.server
import json
import socketserver
import sys


class Refused(Exception):
    """What the client said is nothing that this server answers."""


def place():
    return sys.argv[1], int(sys.argv[2])


def exactly(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def serve_tcp(talk):
    """Calls talk(rfile, wfile) for each connection."""
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            try:
                talk(self.rfile, self.wfile)
            except (EOFError, OSError, Refused):
                pass

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
    Server(place(), Handler).serve_forever()


def serve_udp(answer):
    """answer(datagram) gives a datagram, or None."""
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            data, socket = self.request
            said = answer(data)
            if said is not None:
                socket.sendto(said, self.client_address)
    socketserver.UDPServer(place(), Handler).serve_forever()


def serve_http(answer, server=None, headers=()):
    """answer(path) gives a body (text, or what becomes JSON), or (status, body)."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def version_string(self):
            return server or ""

        def do_GET(self):
            found = answer(self.path)
            status, body = found if isinstance(found, tuple) else (200, found)
            kind = "text/plain" if isinstance(body, str) else "application/json"
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response_only(status)
            if server:
                self.send_header("Server", server)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_HEAD = do_POST = do_GET

        def log_message(self, *words):
            pass
    http.server.ThreadingHTTPServer(place(), Handler).serve_forever()
