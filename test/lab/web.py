"""web.py 4|6 PORT...: Python's web server on several ports of all addresses."""
import http.server
import socket
import sys
import threading


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if sys.argv[1] == "6" else socket.AF_INET
    request_queue_size = 4096

    def server_bind(self):
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()

    def handle_error(self, request, client_address):
        pass  # a scanner hangs up at once; that is no news


for port in sys.argv[2:]:
    server = Server(("::" if sys.argv[1] == "6" else "0.0.0.0", int(port)),
                    http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever).start()
