"""SANE's saned, which serves strangers"""
PACKAGES = ["sane-utils"]


def start(run):
    port = run.port("tcp", 6566)
    run.write("sane/saned.conf", "10.0.0.0/8\n127.0.0.1\n")
    run.write("sane/dll.conf", "")
    run.spawn(["/usr/sbin/saned", "-l", "-p", port], env={"SANE_CONFIG_DIR": run.folder / "sane"})
    run.serves("tcp", port, service="sane-port", product="SANE saned",
               hidden=run.version("sane-utils"))
