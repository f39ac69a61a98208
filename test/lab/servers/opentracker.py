"""opentracker: BitTorrent's tracker over UDP and TCP. It never tells its version."""
PACKAGES = ["opentracker"]


def start(run):
    udp, tcp = run.port("udp", 6969), run.port("tcp", 6969)
    run.spawn(["opentracker", "-i", "0.0.0.0", "-p", tcp, "-P", udp, "-d", run.sub("files"),
               "-u", "nobody"])
    run.serves("udp", udp, service="bittorrent-tracker", hidden=run.version("opentracker"))
