"""Samba with the old protocol, SMB1, enabled."""
PACKAGES = ["samba"]
HEAVY = True


def start(run):
    session, direct = run.port("tcp", 139), run.port("tcp", 445)
    conf = run.write("smb.conf", f"""
[global]
	netbios name = LABSMB
	workgroup = HARBOUR
	server role = standalone server
	server min protocol = NT1
	lanman auth = no
	smb ports = {direct} {session}
	disable spoolss = yes
	rpc start on demand helpers = no
	log file = {run.folder}/samba.log
	private dir = {run.sub("private")}
	state directory = {run.sub("state")}
	cache directory = {run.sub("cache")}
	lock directory = {run.sub("lock")}
	pid directory = {run.sub("pid")}
	ncalrpc dir = {run.sub("ncalrpc")}
	bind interfaces only = no
""")
    run.sub("run/samba")
    run.spawn(["/usr/sbin/smbd", "--foreground", "--no-process-group", "-s", conf])
    for port in (session, direct):
        run.serves("tcp", port, service="microsoft-ds", product="Samba smbd",
                   hidden=run.version("samba"))
    run.spawn(["/usr/sbin/nmbd", "--foreground", "--no-process-group", "-s", conf])
    run.serves("udp", 137, service="netbios-ns", product="Samba nmbd",
               hidden=run.version("samba"), odd=False)
