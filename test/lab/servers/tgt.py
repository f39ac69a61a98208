"""tgtd: an iSCSI target without disks. It reveals nothing of itself."""
PACKAGES = ["tgt"]


def start(run):
    port = run.port("tcp", 3260)
    run.spawn(["/usr/sbin/tgtd", "-f", "--iscsi", f"portal=0.0.0.0:{port}"])
    run.sub("run/tgtd")
    run.wait("tcp", port)
    run.run(["/usr/sbin/tgtadm", "--op", "new", "--lld", "iscsi", "--mode", "target", "--tid", 1,
             "-T", "iqn.2026-11.test.lab:one"])
    run.serves("tcp", port, service="iscsi", hidden=run.version("tgt"))
