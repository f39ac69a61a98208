"""OpenSSL's test server: https"""
PACKAGES = ["openssl"]


def start(run):
    port = run.port("tcp", 4433)
    certificate, key = run.certificate()
    run.spawn(["/usr/bin/openssl", "s_server", "-accept", port,
               "-cert", certificate, "-key", key, "-www"])
    run.serves("tcp", port, service="http",
               product="OpenSSL s_server", tls=True)
