"""oidentd: ident"""
PACKAGES = ["oidentd"]


def start(run):
    port = run.port("tcp", 113)
    run.spawn(["/usr/sbin/oidentd", "-i", "-p", port, "-u", "nobody", "-g", "nogroup", "-S"])
    run.serves("tcp", port, service="ident", hidden=run.version("oidentd"))
