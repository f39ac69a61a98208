"""An HTTPS server whose certificate has expired, and is signed by another. tls_expired.py ADDRESS PORT"""
import datetime
import http.server
import ssl
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make():
    """Certificate and key, as PEM."""
    key, authority = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.utcnow()
    certificate = (x509.CertificateBuilder().subject_name(name("expired.test")).issuer_name(name("Authority"))
                   .public_key(key.public_key()).serial_number(77)
                   .not_valid_before(now - datetime.timedelta(days=90))
                   .not_valid_after(now - datetime.timedelta(days=3)).sign(authority, hashes.SHA256()))
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(make())
        file.flush()
        context.load_cert_chain(file.name)
    server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


main()
