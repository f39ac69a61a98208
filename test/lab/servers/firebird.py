"""Firebird: its wire protocol. It reveals no version before a login."""
PACKAGES = ["firebird3.0-server"]


def start(run):
    port = run.port("tcp", 3050)
    root = run.sub("firebird", user="firebird")
    run.write("firebird/firebird.conf", f"RemoteServicePort = {port}\n"
              "RemoteBindAddress =\nServerMode = Super\n")
    for name in ("lock", "log"):
        run.sub(f"firebird/{name}", user="firebird")
    run.spawn(["/usr/sbin/firebird"],
              env={"FIREBIRD": root, "FIREBIRD_LOCK": root / "lock"}, user="firebird")
    run.serves("tcp", port, service="firebird", product="Firebird RDBMS",
               hidden=run.version("firebird3.0-server"))
