"""microsocks: SOCKS 5. It names itself nowhere."""
PACKAGES = ["microsocks"]


def start(run):
    port = run.port("tcp", 1080)
    run.spawn(["/usr/bin/microsocks", "-p", port])
    run.serves("tcp", port, service="socks5", hidden=run.version("microsocks"))
