"""FreeRADIUS: RADIUS for anybody (a client of 0.0.0.0/0). It reveals nothing of itself."""
PACKAGES = ["freeradius"]


def start(run):
    port = run.port("udp", 1812)
    conf = run.sub("raddb")
    run.write("raddb/dictionary", "$INCLUDE /usr/share/freeradius/dictionary\n")
    run.write("raddb/radiusd.conf", f"""
libdir = /usr/lib/freeradius
run_dir = {run.folder}
pidfile = {run.folder}/pid
log {{
	destination = stdout
}}
security {{
	allow_core_dumps = no
}}
client everybody {{
	ipaddr = 0.0.0.0/0
	secret = secret-of-the-lab
	require_message_authenticator = no
}}
modules {{
}}
server default {{
	listen {{
		type = auth
		ipaddr = *
		port = {port}
	}}
	authorize {{
		update control {{
			Auth-Type := Reject
		}}
	}}
	authenticate {{
	}}
}}
""")
    run.write("raddb/clients.conf", "")
    run.spawn(["/usr/sbin/freeradius", "-f", "-l", "stdout", "-d", conf])
    run.serves("udp", port, service="radius", hidden=run.version("freeradius"))
