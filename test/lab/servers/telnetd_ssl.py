"""telnetd-ssl (Linux NetKit): telnet, started for each connection by inetd"""
PACKAGES = ["telnetd-ssl", "openbsd-inetd"]


def start(run):
    port = run.port("tcp", 23)
    run.spawn(["/usr/sbin/inetd", "-i", "-R", "0", run.write(
        "inetd.conf", f"{port} stream tcp nowait.400 root /usr/sbin/in.telnetd in.telnetd\n")])
    run.serves("tcp", port, service="telnet", hidden=run.version("telnetd-ssl"))
