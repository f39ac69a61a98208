"""Speaks the first half of a TLS handshake as old servers did that no package builds any more:
SSLv3, export ciphers, RC4, small groups. It answers a hello with its own hello, its certificate
and its share, and never gets further.

    tls_hello.py ADDRESS PORT [--certificate FILE] [--versions 3.0,1.0] [--suites 0x0005,0x000a]
        [--client-order] [--no-compression] [--dh-bits 1024] [--export-bits 512] [--curve 23]
        [--clock 0]

Without a certificate it makes one as old as the rest: 1024 bits, signed with SHA-1.
"""
import argparse
import base64
import os
import re
import socketserver
import struct
import subprocess
import time

VERSIONS = {"3.0": 0x0300, "1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303}
# How suites exchange keys, by their numbers.
RSA_EXPORT = {0x0003, 0x0006, 0x0008, 0x0062, 0x0064}
DHE = {0x0011, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0032, 0x0033, 0x0038, 0x0039, 0x0017, 0x0018,
       0x0019, 0x001a, 0x001b, 0x0034, 0x003a, 0x009e, 0x009f, 0x0063, 0x0065, 0x0066}
ECDHE = {0xc006, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc010, 0xc011, 0xc012, 0xc013, 0xc014, 0xc015, 0xc016,
         0xc017, 0xc018, 0xc019, 0xc027, 0xc02b, 0xc02c, 0xc02f, 0xc030}
ANONYMOUS = {0x0017, 0x0018, 0x0019, 0x001a, 0x001b, 0x0034, 0x003a, 0xc015, 0xc016, 0xc017, 0xc018,
             0xc019}
POINT_BYTES = {23: 65, 24: 97, 25: 133, 19: 49, 21: 57, 29: 32}


def vector(length_bytes, content):
    return len(content).to_bytes(length_bytes, "big") + content


def handshake(kind, body):
    return bytes([kind]) + vector(3, body)


class Speaker(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(10)
        try:
            head = self.exactly(5)
            kind, _, length = struct.unpack(">BHH", head)
            hello = self.exactly(length)
            if kind != 22 or hello[:1] != b"\1":
                return
            self.request.sendall(self.answer(hello[4:]))
            self.request.recv(4096)
        except OSError:
            pass

    def exactly(self, count):
        out = b""
        while len(out) < count:
            got = self.request.recv(count - len(out))
            if not got:
                raise OSError("the peer has gone")
            out += got
        return out

    def answer(self, hello):
        options = self.server.options
        asked, = struct.unpack_from(">H", hello)
        at = 34 + 1 + hello[34]
        length, = struct.unpack_from(">H", hello, at)
        offered = struct.unpack_from(f">{length // 2}H", hello, at + 2)
        at += 2 + length
        methods = hello[at + 1:at + 1 + hello[at]]
        version = max((one for one in options.versions if one <= asked), default=None)
        if version is None:
            return self.alert(asked, 70)
        first, second = (options.suites, offered) if options.server_order else (offered, options.suites)
        suite = next((one for one in first if one in second), None)
        if suite is None:
            return self.alert(version, 40)
        method = 1 if options.compression and 1 in methods else 0
        random = struct.pack(">I", int(time.time()) + options.clock) + os.urandom(28)
        body = struct.pack(">H", version) + random + b"\0" + struct.pack(">HB", suite, method)
        out = handshake(2, body)
        if suite not in ANONYMOUS:
            chain = b"".join(vector(3, one) for one in options.chain)
            out += handshake(11, vector(3, chain))
        share = self.share(suite)
        if share:
            out += handshake(12, share)
        out += handshake(14, b"")
        return struct.pack(">BHH", 22, version, len(out)) + out

    def share(self, suite):
        options = self.server.options
        if suite in ECDHE:
            out = b"\3" + struct.pack(">H", options.curve) + vector(1, b"\4" * POINT_BYTES[options.curve])
        elif suite in DHE:
            number = b"\xff" * (options.dh_bits // 8)
            out = vector(2, number) + vector(2, b"\2") + vector(2, b"\x55" * (options.dh_bits // 8))
        elif suite in RSA_EXPORT:
            out = vector(2, b"\xff" * (options.export_bits // 8)) + vector(2, b"\1\0\1")
        else:
            return b""
        return out + (b"" if suite in ANONYMOUS else vector(2, bytes(64)))

    @staticmethod
    def alert(version, description):
        return struct.pack(">BHHBB", 21, version, 2, 2, description)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def old_certificate():
    return subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", "/dev/null", "-sha1",
         "-subj", "/CN=old.test", "-days", "30"], check=True, capture_output=True, text=True).stdout


def certificates(text):
    """The bytes of the certificates in a PEM text."""
    return [base64.b64decode(one) for one in re.findall(
        "-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.DOTALL)]


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def numbers(text):
    return [int(one, 16) for one in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("--certificate")
    parser.add_argument("--versions", default="3.0,1.0")
    parser.add_argument("--suites", type=numbers,
                        default="0x0005,0x000a,0x0033,0x0003,0x0001,0x0034")
    parser.add_argument("--client-order", dest="server_order", action="store_false")
    parser.add_argument("--no-compression", dest="compression", action="store_false")
    parser.add_argument("--dh-bits", type=int, default=1024)
    parser.add_argument("--export-bits", type=int, default=512)
    parser.add_argument("--clock", type=int, default=0, help="seconds that its clock is ahead")
    parser.add_argument("--curve", type=int, default=23)
    options = parser.parse_args()
    options.versions = [VERSIONS[one] for one in options.versions.split(",")]
    text = read(options.certificate) if options.certificate else old_certificate()
    options.chain = certificates(text)
    server = Server((options.address, options.port), Speaker)
    server.options = options
    server.serve_forever()


if __name__ == "__main__":
    main()
