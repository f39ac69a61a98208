"""Cockpit: http that leads to https, and https, on one port"""
PACKAGES = ["cockpit-ws"]


def start(run):
    port = run.port("tcp", 9090)
    certificate, key = run.certificate()
    run.write("conf/cockpit/ws-certs.d/0-lab.cert", certificate.read_text())
    run.write("conf/cockpit/ws-certs.d/0-lab.key", key.read_text())
    run.spawn(["/usr/lib/cockpit/cockpit-ws", "-p", port, "--no-tls"],
              env={"XDG_CONFIG_DIRS": run.folder / "conf"})
    run.serves("tcp", port, service="http", product=("Cockpit web service", "Cockpit"),
               hidden=run.version("cockpit-ws"))
