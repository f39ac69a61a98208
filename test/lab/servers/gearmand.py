"""Gearman's job server"""
PACKAGES = ["gearman-job-server"]


def start(run):
    port = run.port("tcp", 4730)
    run.spawn(["/usr/sbin/gearmand", "-L", "0.0.0.0", "-p", port, "-l", "stderr",
               "-P", run.folder / "pid"])
    run.serves("tcp", port, service="gearman", product="Gearman job server",
               version=run.version("gearman-job-server"))
