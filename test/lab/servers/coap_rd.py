"""libcoap's resource directory: CoAP."""
PACKAGES = ["libcoap3-bin"]


def start(run):
    port = run.port("udp", 5683)
    run.spawn(["/usr/bin/coap-rd-notls", "-A", "0.0.0.0", "-p", port])
    run.serves("udp", port, service="coap", hidden=run.version("libcoap3-bin"))
