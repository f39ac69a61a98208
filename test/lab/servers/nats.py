"""NATS server"""
PACKAGES = ["nats-server"]


def start(run):
    port = run.port("tcp", 4222)
    run.spawn(["nats-server", "-a", "0.0.0.0", "-p", port])
    run.serves("tcp", port, service="nats", product="NATS server",
               version=run.version("nats-server"))
