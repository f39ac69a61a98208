"""Mumble's server: its own protocol over TLS, and its ping over UDP"""
PACKAGES = ["mumble-server"]
HEAVY = True


def start(run):
    port = run.port("tcp", 64738)
    udp = run.port("udp", 64738)
    data = run.sub("data", user="mumble-server")
    conf = run.write("mumble.ini", f"database={data}/mumble.sqlite\nport={port}\n"
                     f"logfile=\npidfile={run.folder}/data/pid\nautobanAttempts=0\nbonjour=false\n")
    run.spawn(["/usr/sbin/murmurd", "-fg", "-ini", conf])
    version = run.version("mumble-server")
    run.serves("tcp", port, service="mumble", product="Mumble server", version=version, tls=True)
    run.serves("udp", udp, service="mumble", product="Mumble server", version=version)
