"""PyGopherd: gopher"""
PACKAGES = ["pygopherd"]


def start(run):
    port = run.port("tcp", 70)
    root = run.sub("files")
    run.write("files/README", "Hello\n")
    conf = run.write("pygopherd.conf", open("/etc/pygopherd/pygopherd.conf").read()
                     .replace("port = 70", f"port = {port}")
                     .replace("root = /var/gopher", f"root = {root}")
                     .replace("usechroot = yes", "usechroot = no")
                     .replace("/var/run/pygopherd", str(run.folder))
                     .replace("logmethod = syslog", "logmethod = file"))
    run.sub("run/pygopherd", user="gopher")
    run.spawn(["/usr/sbin/pygopherd", conf])
    run.serves("tcp", port, service="gopher", hidden=run.version("pygopherd"))
