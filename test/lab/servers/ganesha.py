"""NFS-Ganesha without exports: NFS 3 and 4, MOUNT, all in one process."""
PACKAGES = ["nfs-ganesha", "rpcbind"]


def start(run):
    port = run.port("tcp", 2049)
    run.spawn(["/usr/sbin/rpcbind", "-f", "-r", "-w"])
    run.wait("tcp", 111)
    conf = run.write("ganesha.conf", f"""
NFS_CORE_PARAM {{
	NFS_Port = {port};
	MNT_Port = {run.port("tcp", 20048)};
	Protocols = 3, 4;
	Enable_NLM = false;
	Enable_RQUOTA = false;
}}
NFSv4 {{ Graceless = true; RecoveryRoot = {run.sub("recovery")}; }}
""")
    run.sub("run/ganesha")
    run.spawn(["/usr/bin/ganesha.nfsd", "-F", "-f", conf, "-L", "STDERR", "-p",
               run.folder / "pid"])
    run.serves("tcp", port, service="nfs", version="3-4", hidden=run.version("nfs-ganesha"))
