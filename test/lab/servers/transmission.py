"""Transmission: http. It names no version before one is known to it."""
PACKAGES = ["transmission-daemon"]


def start(run):
    port = run.port("tcp", 9091)
    run.write("settings.json", f'''{{"rpc-port": {port}, "rpc-whitelist-enabled": false,
"dht-enabled": false,
"port-forwarding-enabled": false, "lpd-enabled": false, "peer-port": {port + 1}}}''')
    run.spawn(["/usr/bin/transmission-daemon", "-f", "-g", run.folder])
    run.serves("tcp", port, service="http",
               product=("Transmission BitTorrent management httpd", "Transmission"),
               hidden=run.version("transmission-daemon"))
