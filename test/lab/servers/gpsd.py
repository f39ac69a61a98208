"""gpsd, without a receiver"""
PACKAGES = ["gpsd"]


def start(run):
    port = run.port("tcp", 2947)
    run.spawn(["/usr/sbin/gpsd", "-N", "-G", "-S", port, "-F", run.folder / "control"])
    run.serves("tcp", port, service="gpsd", product="gpsd", version=run.version("gpsd"))
