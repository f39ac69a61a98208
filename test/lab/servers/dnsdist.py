"""dnsdist: DNS, balancing to nobody: it refuses."""
PACKAGES = ["dnsdist"]


def start(run):
    port = run.port("udp", 53)
    conf = run.write("dnsdist.conf", f"setLocal('0.0.0.0:{port}')\nsetACL('0.0.0.0/0')\n"
                     "setSecurityPollSuffix('')\naddAction(AllRule(), RCodeAction(5))\n")
    run.spawn(["/usr/bin/dnsdist", "--supervised", "-C", conf])
    for transport in ("udp", "tcp"):
        run.serves(transport, port, service="domain", hidden=run.version("dnsdist"),
                   stunnel=False)
