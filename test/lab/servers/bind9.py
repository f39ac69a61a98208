"""BIND: DNS. version.bind is answered as Debian builds it: with the version."""
PACKAGES = ["bind9"]


def start(run):
    port = run.port("udp", 53)
    folder = run.sub("bind")
    conf = run.write("named.conf", f"""
options {{
	directory "{folder}"; pid-file none; session-keyfile none; recursion no;
	listen-on port {port} {{ any; }}; listen-on-v6 {{ none; }}; empty-zones-enable no;
}};
controls {{ }};
""")
    run.spawn(["/usr/sbin/named", "-f", "-c", conf, "-n", "1"])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", product="ISC BIND",
                   version=run.version("bind9"), stunnel=False)
