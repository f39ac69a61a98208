"""An RTSP server that offers some methods. rtsp.py ADDRESS PORT"""
import re
import socketserver
import sys


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(10)
        try:
            request = self.request.recv(4096).decode("latin-1")
            number = re.search(r"(?im)^CSeq: *(\d+)", request)
            status = "200 OK" if request.startswith("OPTIONS ") else "455 Method Not Valid in This State"
            self.request.sendall((f"RTSP/1.0 {status}\r\nCSeq: {number[1] if number else 1}\r\nServer: Lab RTSP 1.0\r\n"
                                  "Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY\r\n\r\n").encode())
        except OSError:
            pass


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    socketserver.ThreadingTCPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
