"""Privoxy: a proxy for http. Its pages name its version."""
PACKAGES = ["privoxy"]


def start(run):
    port = run.port("tcp", 8118)
    conf = run.write("privoxy.conf", f"""
listen-address :{port}
confdir /etc/privoxy
templdir /etc/privoxy/templates
logdir {run.folder}
""")
    run.spawn(["/usr/sbin/privoxy", "--no-daemon", conf])
    run.serves("tcp", port, service="http-proxy", product=("Privoxy http proxy", "Privoxy"),
               hidden=run.version("privoxy"))
