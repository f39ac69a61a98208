"""Monit: its web interface"""
PACKAGES = ["monit"]


def start(run):
    port = run.port("tcp", 2812)
    conf = run.write("monitrc", f"set daemon 30\nset log {run.folder}/monit.log\n"
                     f"set idfile {run.folder}/id\nset statefile {run.folder}/state\n"
                     f"set pidfile {run.folder}/pid\nset httpd port {port} and\n"
                     "    use address 0.0.0.0\n    allow admin:portolan\n", mode=0o600)
    run.spawn(["monit", "-I", "-c", conf])
    run.serves("tcp", port, service="http", product="Monit", version=run.version("monit"))
