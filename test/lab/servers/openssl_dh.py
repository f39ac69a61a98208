"""OpenSSL's test server with a small Diffie-Hellman group: https"""
PACKAGES = ["openssl"]

# Of 1024 bits, made with "openssl dhparam 1024".
GROUP = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP8KzaJqX/T4oA26+eN0SigDKAD20GWX7YFQ+PIoq90tZwhpabXXSF+x
oYPy+TZlZgBDSQovbKVjVN23k5GvO1VCENA7dgWcfT1N46PyX8J4QX6Nd5djaUnE
QxBXDdn+YECX0+VYJRhx5IEFIQtY/x5DpM1f+fp+TfaJyf49ShF/AgEC
-----END DH PARAMETERS-----
"""


def start(run):
    port = run.port("tcp", 4433)
    certificate, key = run.certificate()
    run.spawn(["/usr/bin/openssl", "s_server", "-accept", port, "-cert", certificate, "-key", key, "-www",
               "-dhparam", run.write("group.pem", GROUP), "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0"])
    run.serves("tcp", port, service="http",
               product="OpenSSL s_server", tls=True)
