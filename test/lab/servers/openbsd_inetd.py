"""openbsd-inetd: the small services of its own over TCP and UDP, and the old servers that
inetd starts: finger, telnet, systat."""
PACKAGES = ["openbsd-inetd", "finger", "fingerd", "procps"]
UNPACKED = ["inetutils-telnetd"]    # Debian's wants one of several syslogds

SMALL = (("echo", 7), ("discard", 9), ("daytime", 13), ("chargen", 19), ("time", 37))


def start(run):
    root = run.unpacked("inetutils-telnetd")
    conf = ""
    for name, standard in SMALL:
        for transport, kind in (("tcp", "stream tcp nowait"), ("udp", "dgram udp wait")):
            port = run.port(transport, standard)
            conf += f"{port} {kind} root internal\n"
            # inetd tells services apart by their names: see below.
            if name != "discard":
                run.serves(transport, port, service=name, stunnel=name == "echo")
    programs = ((79, "finger", "nobody", "/usr/sbin/in.fingerd in.fingerd"),
                (23, "telnet", "root", f"{root}/usr/sbin/telnetd telnetd"),
                (11, "systat", "games", "/bin/ps ps u -u games"))
    for standard, name, user, command in programs:
        port = run.port("tcp", standard)
        conf += f"{port} stream tcp nowait.400 {user} {command}\n"
        telnet = name == "telnet"
        run.serves("tcp", port, service=name, stunnel=name == "finger",
                   product="GNU inetutils telnetd" if telnet else None,
                   hidden=run.version("inetutils-telnetd") if telnet else None)
    # inetd knows what is built in by the service's name, and its port by /etc/services.
    names = {run.port("tcp", standard): name for name, standard in SMALL}
    conf = "".join(names.get(int(line.split()[0]), line.split()[0]) + " "
                   + line.split(maxsplit=1)[1] + "\n" for line in conf.splitlines())
    services = "".join(f"{name} {port}/{transport}\n" for port, name in names.items()
                       for transport in ("tcp", "udp"))
    run.binds += [str(run.write("services", services)), "/etc/services"]
    run.spawn(["/usr/sbin/inetd", "-i", "-R", "0", run.write("inetd.conf", conf)])
