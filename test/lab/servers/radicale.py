"""Radicale: http, calendars. By Python's http.server."""
PACKAGES = ["radicale"]


def start(run):
    port = run.port("tcp", 5232)
    conf = run.write("radicale.conf", f"""
[server]
hosts = 0.0.0.0:{port}
[storage]
filesystem_folder = {run.sub("data")}
[auth]
type = none
""")
    run.spawn(["/usr/bin/python3", "-m", "radicale", "--config", conf])
    run.serves("tcp", port, service="http",
               product=("Radicale calendar and contacts server", "Radicale", "WSGIServer"),
               hidden="0.2")            # of the WSGIServer
