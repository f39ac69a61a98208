"""As a Kafka broker that wants a login (SASL) and has no TLS: what comes before it ends the
connection."""
import struct

import kafka
import speaking


def answer(key, version):
    if (key, version) == (kafka.SASL_HANDSHAKE, 0):
        return (struct.pack(">hi", 33, 2) + kafka.text("PLAIN") + kafka.text("SCRAM-SHA-512"))
    if key == kafka.METADATA:
        raise speaking.Refused
    return kafka.answer(key, version)


speaking.serve_tcp(lambda rfile, wfile: kafka.talk(rfile, wfile, answer))
