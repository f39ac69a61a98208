"""As PostgreSQL that asks for passwords in clear text, without TLS."""
import struct

import pgsql_trust
import speaking


def ask(wfile):
    wfile.write(pgsql_trust.message(b"R", struct.pack(">i", 3)))


speaking.serve_tcp(lambda rfile, wfile: pgsql_trust.talk(rfile, wfile, ask))
