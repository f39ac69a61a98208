"""rsync's daemon. It tells the protocol's version, not its own."""
PACKAGES = ["rsync"]


def start(run):
    port = run.port("tcp", 873)
    conf = run.write("rsyncd.conf", f"use chroot = no\nmax connections = 0\n[files]\n"
                     f"path = {run.sub('files')}\n")
    run.spawn(["rsync", "--daemon", "--no-detach", f"--config={conf}", f"--port={port}"])
    run.serves("tcp", port, service="rsync", product="rsync", hidden=run.version("rsync"))
