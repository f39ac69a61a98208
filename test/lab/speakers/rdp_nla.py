"""A Remote Desktop server that wants network level authentication: TLS, then NTLM's challenge.
rdp_nla.py ADDRESS PORT"""
import pathlib
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile

CONFIRM = b"\x03\0\0\x13\x0e\xd0\0\0\0\0\0\x02\x1f\x08\0"     # of the protocol that follows
REFUSAL = b"\x03\0\0\x13\x0e\xd0\0\0\0\0\0\x03\0\x08\0\x05\0\0\0"
HYBRID = 2


def tlv(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else struct.pack(">BH", 0x82, size)
    return bytes([tag]) + length + content


def wide(text):
    return text.encode("utf-16-le")


def challenge():
    pairs = ((2, wide("HARBOUR")), (1, wide("CRANE")), (4, wide("harbour.lab")),
             (3, wide("crane.harbour.lab")), (7, struct.pack("<Q", 133_444_736_000_000_000)), (0, b""))
    info = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in pairs)
    target = wide("HARBOUR")
    head = struct.pack("<I2HII8s8s2HI", 2, len(target), len(target), 56, 0xe2898215, b"12345678", b"",
                       len(info), len(info), 56 + len(target))
    return b"NTLMSSP\0" + head + struct.pack("<BBH4s", 10, 0, 17763, b"\0\0\0\x0f") + target + info


def ts_request(token):
    tokens = tlv(0xa1, tlv(0x30, tlv(0x30, tlv(0xa0, tlv(4, token)))))
    return tlv(0x30, tlv(0xa0, b"\x02\x01\x06") + tokens)


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(10)
        try:
            wanted = self.request.recv(1024)
            protocols = struct.unpack("<I", wanted[-4:])[0] if wanted[-8:-4] == b"\x01\0\x08\0" else 0
            if not protocols & HYBRID:
                self.request.sendall(REFUSAL)
                return
            self.request.sendall(CONFIRM + struct.pack("<I", HYBRID))
            with self.server.tls.wrap_socket(self.request, server_side=True) as tls:
                if b"NTLMSSP\0\x01" in tls.recv(4096):
                    tls.sendall(ts_request(challenge()))
        except OSError:
            pass


def context():
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = pathlib.Path(folder, "key"), pathlib.Path(folder, "certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                        "-subj", "/CN=crane.harbour.lab", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True, timeout=60)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(certificate, key)
    return made


if __name__ == "__main__":
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer((sys.argv[1], int(sys.argv[2])), Handler) as server:
        server.tls = context()
        server.serve_forever()
