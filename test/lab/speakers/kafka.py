"""As a Kafka broker without a login: ApiVersions 0 and Metadata 1 (kafka.apache.org/protocol)."""
import struct

import speaking

METADATA, SASL_HANDSHAKE, API_VERSIONS = 3, 17, 18


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


def topic(name, internal):
    partition = struct.pack(">hiiiiii", 0, 0, 1, 1, 1, 1, 1)
    return struct.pack(">h", 0) + text(name) + bytes([internal]) + struct.pack(">i", 1) + partition


def versions():
    known = [(0, 0, 9), (METADATA, 0, 11), (SASL_HANDSHAKE, 0, 1), (API_VERSIONS, 0, 3)]
    return struct.pack(">hi", 0, len(known)) + b"".join(struct.pack(">hhh", *one) for one in known)


def metadata():
    broker = struct.pack(">i", 1) + text("broker.lab.test") + struct.pack(">ih", 9092, -1)
    topics = [topic("orders", False), topic("__consumer_offsets", True)]
    return (struct.pack(">i", 1) + broker + struct.pack(">ii", 1, len(topics)) + b"".join(topics))


def answer(key, version):
    if (key, version) == (API_VERSIONS, 0):
        return versions()
    if (key, version) == (METADATA, 1):
        return metadata()
    raise speaking.Refused


def talk(rfile, wfile, answer=answer):
    while True:
        length, = struct.unpack(">i", speaking.exactly(rfile, 4))
        if not 8 <= length <= 65536:
            raise speaking.Refused
        key, version, number = struct.unpack(">hhi", speaking.exactly(rfile, length)[:8])
        body = struct.pack(">i", number) + answer(key, version)
        wfile.write(struct.pack(">i", len(body)) + body)


if __name__ == "__main__":
    speaking.serve_tcp(talk)
