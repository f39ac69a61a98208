"""OpenSSH: ssh"""
PACKAGES = ["openssh-server"]


def start(run):
    port = run.port("tcp", 22)
    key = run.folder / "ssh_host_key"
    run.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    run.sub("run/sshd")             # /run is the instance's own
    conf = run.write("sshd.conf", f"HostKey {key}\nPidFile none\nUsePAM no\nMaxStartups 200\n")
    run.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", conf, "-p", port])
    run.serves("tcp", port, service="ssh", product="OpenSSH",
               version=run.version("openssh-server"))
