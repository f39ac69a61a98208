"""PowerDNS Authoritative Server: DNS. version-string=full, its default, tells the version."""
PACKAGES = ["pdns-server", "pdns-backend-bind"]


def start(run):
    port = run.port("udp", 53)
    run.write("pdns/pdns.conf", f"""
launch=bind
bind-config={run.write("named.conf", "")}
local-address=0.0.0.0
local-port={port}
socket-dir={run.sub("socket")}
setuid=
setgid=
security-poll-suffix=
receiver-threads=1
distributor-threads=1
""")
    run.spawn(["/usr/sbin/pdns_server", f"--config-dir={run.folder}/pdns", "--guardian=no",
               "--daemon=no", "--disable-syslog"])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", product="PowerDNS Authoritative Server",
                   version=run.version("pdns-server"), stunnel=False)
