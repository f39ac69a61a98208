"""GnuTLS's test server: https, and DTLS"""
PACKAGES = ["gnutls-bin"]


def start(run):
    port, dtls = run.port("tcp", 5556), run.port("udp", 4433)
    certificate, key = run.certificate()
    common = ["--x509certfile", certificate, "--x509keyfile", key]
    run.spawn(["/usr/bin/gnutls-serv", "--http", "-p", port, *common])
    run.spawn(["/usr/bin/gnutls-serv", "--udp", "-p", dtls, *common])
    run.serves("tcp", port, service="http", product="GnuTLS gnutls-serv", tls=True)
    # It serves one peer at a time, and takes whatever comes first for a handshake: where DTLS is not
    # asked for first it hears nothing else for a minute.
    run.serves("udp", dtls, service="echo", tls=True, odd=False)
