"""Dropbear: ssh"""
PACKAGES = ["dropbear-bin"]


def start(run):
    port = run.port("tcp", 22)
    key = run.folder / "host_key"
    run.run(["dropbearkey", "-t", "ed25519", "-f", key])
    run.spawn(["dropbear", "-F", "-E", "-r", key, "-p", port, "-P", run.folder / "pid"])
    run.serves("tcp", port, service="ssh", product="Dropbear sshd",
               version=run.version("dropbear-bin"))
