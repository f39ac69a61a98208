"""rpcbind: the portmapper of ONC RPC, versions 2 to 4. Its port is fixed."""
PACKAGES = ["rpcbind"]


def start(run):
    run.spawn(["/usr/sbin/rpcbind", "-f", "-r"])
    for transport in ("tcp", "udp"):
        run.serves(transport, 111, service="rpcbind", version="2-4", odd=False)
