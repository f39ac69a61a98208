"""An HTTPS server with a key that a package ships for its tests: python3-tornado's.
tls_known_key.py ADDRESS PORT"""
import http.server
import pathlib
import ssl
import sys

import tornado

FOLDER = pathlib.Path(tornado.__file__).parent / "test"


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "test.crt", FOLDER / "test.key")
    server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


main()
