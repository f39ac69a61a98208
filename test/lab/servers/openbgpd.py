"""OpenBGPD: BGP, waiting for any neighbour of the lab's network."""
PACKAGES = ["openbgpd"]


def start(run):
    run.sub("run/openbgpd")
    conf = run.write("bgpd.conf", f"""
AS 64520
router-id 10.91.0.78
fib-update no
socket "{run.folder}/control"
neighbor 10.91.0.0/16 {{
	passive
}}
""", mode=0o600)
    run.spawn(["/usr/sbin/bgpd", "-d", "-f", conf])
    run.serves("tcp", 179, stunnel=False, service="bgp", hidden=run.version("openbgpd"), odd=False)
