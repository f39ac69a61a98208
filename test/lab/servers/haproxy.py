"""HAProxy without a server behind it: http. It names itself nowhere, its error page is known."""
PACKAGES = ["haproxy"]


def start(run):
    port, status = run.port("tcp", 80), run.port("tcp", 8404)
    conf = run.write("haproxy.conf", f"""
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 2s
frontend web
    bind :{port}
    default_backend nobody
frontend numbers
    bind :{status}
    stats enable
    stats uri /
backend nobody
""")
    run.spawn(["/usr/sbin/haproxy", "-db", "-f", conf])
    run.serves("tcp", port, service="http", product=("HAProxy http proxy", "HAProxy"),
               hidden=run.version("haproxy"))
    run.serves("tcp", status, service="http", product=("HAProxy http proxy", "HAProxy"),
               hidden=run.version("haproxy"))
