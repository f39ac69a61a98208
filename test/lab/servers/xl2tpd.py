"""xl2tpd: l2tp"""
PACKAGES = ["xl2tpd"]


def start(run):
    port = run.port("udp", 1701)
    run.sub("run/xl2tpd")
    conf = run.write("xl2tpd.conf", f"[global]\nport = {port}\naccess control = no\n"
                     "[lns default]\nip range = 10.99.0.2-10.99.0.9\nlocal ip = 10.99.0.1\n"
                     "hostname = lab\n")
    run.spawn(["/usr/sbin/xl2tpd", "-D", "-c", conf, "-p", run.folder / "pid",
               "-C", run.folder / "control", "-s", run.write("secrets", "")])
    run.serves("udp", port, service="l2tp", product="xl2tpd", hidden=run.version("xl2tpd"))
