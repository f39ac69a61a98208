"""Monit: http, its version on its page"""
PACKAGES = ["monit"]


def start(run):
    port = run.port("tcp", 2812)
    conf = run.write("monitrc", f"""
set daemon 30
set idfile {run.folder}/id
set statefile {run.folder}/state
set pidfile {run.folder}/pid
set httpd port {port} allow lab:lab
""", mode=0o600)
    run.spawn(["/usr/bin/monit", "-I", "-c", conf])
    run.serves("tcp", port, service="http", product=("Monit httpd", "Monit"),
               version=run.version("monit"))
