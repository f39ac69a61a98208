"""libcoap's example server: CoAP."""
PACKAGES = ["libcoap3-bin"]


def start(run):
    port = run.port("udp", 5683)
    run.spawn(["/usr/bin/coap-server-notls", "-A", "0.0.0.0", "-p", port])
    run.serves("udp", port, service="coap", product="libcoap example server",
               hidden=run.version("libcoap3-bin"))
