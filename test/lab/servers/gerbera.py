"""Gerbera: UPnP"""
PACKAGES = ["gerbera"]


def start(run):
    port = run.port("tcp", 49152)
    run.run(["sh", "-c", f"gerbera --create-config > {run.folder}/config.xml"])
    run.spawn(["/usr/bin/gerbera", "-c", run.folder / "config.xml", "-p", port, "-m", run.folder, "-e", "eth0"])
    run.serves("tcp", port, service="upnp", product="Gerbera", version=run.version("gerbera"))
    run.serves("udp", 1900, service="upnp", product="Gerbera", version=run.version("gerbera"), odd=False)
