"""ident2"""
PACKAGES = []
UNPACKED = ["ident2"]       # it and oidentd cannot be installed together


def start(run):
    port = run.port("tcp", 113)
    root = run.unpacked("ident2")
    run.spawn([root / "usr/sbin/ident2", "-p", port, "-m", "400"])
    run.serves("tcp", port, service="ident", hidden=run.version("ident2"))
