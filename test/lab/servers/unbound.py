"""Unbound: recursive DNS. Tells its version unless hide-version is set."""
PACKAGES = ["unbound"]


def start(run):
    port = run.port("udp", 53)
    conf = run.write("unbound.conf", f"""
server:
	interface: 0.0.0.0
	port: {port}
	access-control: 0.0.0.0/0 allow
	username: ""
	chroot: ""
	directory: "{run.folder}"
	pidfile: ""
	use-syslog: no
	num-threads: 1
	module-config: "iterator"
remote-control:
	control-enable: no
""")
    run.spawn(["/usr/sbin/unbound", "-d", "-p", "-c", conf])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", product="Unbound",
                   version=run.version("unbound"), stunnel=False)
