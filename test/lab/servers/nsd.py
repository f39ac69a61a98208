"""NSD: authoritative DNS. Tells its version unless hide-version is set."""
PACKAGES = ["nsd"]


def start(run):
    port = run.port("udp", 53)
    conf = run.write("nsd.conf", f"""
server:
	server-count: 1
	ip-address: 0.0.0.0
	port: {port}
	username: ""
	zonesdir: "{run.folder}"
	database: ""
	zonelistfile: "{run.folder}/zones"
	xfrdfile: "{run.folder}/xfrd"
	xfrdir: "{run.folder}"
	pidfile: ""
remote-control:
	control-enable: no
""")
    run.spawn(["/usr/sbin/nsd", "-d", "-c", conf])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", product="NLnet Labs NSD",
                   version=run.version("nsd"), stunnel=False)
