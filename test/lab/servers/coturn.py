"""coturn: stun over UDP and TCP"""
PACKAGES = ["coturn"]


def start(run):
    udp, tcp = run.port("udp", 3478), run.port("tcp", 3478)
    run.spawn(["turnserver", "-n", "-p", udp, "-L", "0.0.0.0", "-m", "1", "--no-tls",
               "--no-dtls", "--no-cli", "--no-auth", "-l", "stdout", "-r", "lab.test",
               "--pidfile", run.folder / "pid", "--db", run.folder / "turndb", "--no-rfc5780"])
    for transport, port in (("tcp", tcp), ("udp", udp)):
        run.serves(transport, port, service="stun", product="coturn",
                   version=run.version("coturn"))
