"""Munin's node"""
PACKAGES = ["munin-node"]


def start(run):
    port = run.port("tcp", 4949)
    run.private("/var/lib/munin-node/plugin-state")
    conf = run.write("munin-node.conf", f"log_level 4\nlog_file {run.folder}/munin.log\n"
                     f"pid_file {run.folder}/pid\nbackground 0\nsetsid 0\nuser root\ngroup root\n"
                     f"host_name lab.test\nallow ^.*$\nhost *\nport {port}\n")
    run.spawn(["/usr/sbin/munin-node", f"--config={conf}"])
    run.serves("tcp", port, service="munin", product="Munin node",
               version=run.version("munin-node"))
