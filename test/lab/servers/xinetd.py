"""xinetd: the small services of its own over TCP and UDP"""
PACKAGES = ["libwrap0"]
UNPACKED = ["xinetd"]       # it and openbsd-inetd cannot be installed together

SMALL = (("echo", 7), ("daytime", 13), ("chargen", 19), ("time", 37))


def start(run):
    root = run.unpacked("xinetd")
    conf = "defaults\n{\n\tinstances = 400\n\tper_source = UNLIMITED\n\tcps = 1000 1\n}\n"
    for name, standard in SMALL:
        for transport, kind, wait in (("tcp", "stream", "no"), ("udp", "dgram", "yes")):
            port = run.port(transport, standard)
            conf += (f"service {name}\n{{\n\ttype = INTERNAL UNLISTED\n\tid = {name}-{kind}\n"
                     f"\tsocket_type = {kind}\n\tprotocol = {transport}\n\tuser = root\n"
                     f"\twait = {wait}\n\tport = {port}\n}}\n")
            run.serves(transport, port, service=name, stunnel=name == "echo",
                       product="xinetd" if name == "daytime" else None)
    run.spawn([root / "usr/sbin/xinetd", "-dontfork", "-f", run.write("xinetd.conf", conf),
               "-pidfile", run.folder / "pid"])
