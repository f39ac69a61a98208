"""nbd-server: a network block device; newstyle handshake, no version."""
PACKAGES = ["nbd-server"]


def start(run):
    port = run.port("tcp", 10809)
    conf = run.write("nbd.conf", f"""
[generic]
port = {port}
listenaddr = 0.0.0.0
[lab]
exportname = {run.write("disk", bytes(65536))}
readonly = true
""")
    run.spawn(["/usr/bin/nbd-server", "-C", conf])
    run.serves("tcp", port, service="nbd", product="Network Block Device",
               hidden=run.version("nbd-server"))
