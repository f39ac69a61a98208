"""Teeworlds 0.7"""
PACKAGES = ["teeworlds-server"]


def start(run):
    port = run.port("udp", 8303)
    conf = run.write("autoexec.cfg", f"sv_port {port}\nsv_register 0\nsv_name Lab\n")
    run.spawn(["/usr/games/teeworlds-server", "-f", conf])
    run.serves("udp", port, service="teeworlds", product="Teeworlds",
               hidden=run.version("teeworlds-server"))
