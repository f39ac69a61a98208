"""A SIP server that allows some methods, over UDP and TCP. sip.py ADDRESS PORT"""
import socketserver
import sys
import threading

ALLOW = "INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO"


def answer(request):
    lines = request.decode("latin-1").split("\r\n")
    if not lines[0].startswith("OPTIONS "):
        return b""
    kept = [line for line in lines if line.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")]
    return "\r\n".join(["SIP/2.0 200 OK", *kept, "Allow: " + ALLOW, "Server: Lab SIP 1.0",
                        "Content-Length: 0", "", ""]).encode("latin-1")


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        sock.sendto(answer(data), self.client_address)


class Stream(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(10)
        try:
            self.request.sendall(answer(self.request.recv(4096)))
        except OSError:
            pass


if __name__ == "__main__":
    here = sys.argv[1], int(sys.argv[2])
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    udp = socketserver.ThreadingUDPServer(here, Datagram)
    threading.Thread(target=udp.serve_forever, daemon=True).start()
    socketserver.ThreadingTCPServer(here, Stream).serve_forever()
