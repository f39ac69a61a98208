"""Knot Resolver: DNS. It answers version.bind with nothing that tells what it is."""
PACKAGES = ["knot-resolver"]


def start(run):
    port = run.port("udp", 53)
    conf = run.write("kresd.conf", f"net.listen('0.0.0.0', {port}, {{ kind = 'dns' }})\n"
                     "modules.unload('ta_update')\ntrust_anchors.remove('.')\n"
                     "modules.unload('priming')\ncache.size = 10 * MB\n")
    run.spawn(["/usr/sbin/kresd", "-n", "-c", conf, run.sub("work")])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", hidden=run.version("knot-resolver"),
                   stunnel=False)
