"""PowerDNS Recursor: recursive DNS. version-string, its default, tells the version."""
PACKAGES = ["pdns-recursor"]


def start(run):
    port = run.port("udp", 53)
    run.write("recursor/recursor.conf", f"""
local-address=0.0.0.0
local-port={port}
allow-from=0.0.0.0/0
socket-dir={run.sub("socket")}
setuid=
setgid=
security-poll-suffix=
hint-file=no
threads=1
""")
    run.spawn(["/usr/sbin/pdns_recursor", f"--config-dir={run.folder}/recursor", "--daemon=no",
               "--disable-syslog"])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", product="PowerDNS Recursor",
                   version=run.version("pdns-recursor"), stunnel=False)
