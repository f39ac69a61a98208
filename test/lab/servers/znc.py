"""ZNC: irc, to other servers. It tells no version before a login."""
PACKAGES = ["znc"]


def start(run):
    port = run.port("tcp", 6667)
    data = run.sub("znc", user="nobody")
    run.write("znc/configs/znc.conf", f"""Version = 1.8.2
<Listener lab>
	Port = {port}
	IPv4 = true
	IPv6 = false
	SSL = false
	AllowIRC = true
	AllowWeb = false
</Listener>
AnonIPLimit = 400
ConnectDelay = 5
<User lab>
	Admin = true
	<Pass password>
		Method = sha256
		Hash = 0000000000000000000000000000000000000000000000000000000000000000
		Salt = portolan
	</Pass>
</User>
""")
    run.run(["chown", "-R", "nobody:nogroup", data])
    run.spawn(["znc", "--foreground", "--datadir", data], user="nobody")
    run.serves("tcp", port, service="irc", product="ZNC IRC bouncer", hidden=run.version("znc"))
