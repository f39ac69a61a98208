"""nbdkit: a network block device of zeros."""
PACKAGES = ["nbdkit"]


def start(run):
    port = run.port("tcp", 10809)
    run.spawn(["/usr/bin/nbdkit", "-f", "-p", port, "-i", "0.0.0.0", "-P", run.folder / "pid",
               "null"])
    run.serves("tcp", port, service="nbd", product="Network Block Device",
               hidden=run.version("nbdkit"))
