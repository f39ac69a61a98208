"""Knot DNS: authoritative DNS. Tells its version unless the configuration says another."""
PACKAGES = ["knot"]


def start(run):
    port = run.port("udp", 53)
    conf = run.write("knot.conf", f"""
server:
    rundir: "{run.sub("run-knot")}"
    listen: 0.0.0.0@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{run.sub("knot")}"
log:
  - target: stderr
    any: warning
""")
    run.spawn(["/usr/sbin/knotd", "-c", conf])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", product="Knot DNS",
                   version=run.version("knot"), stunnel=False)
