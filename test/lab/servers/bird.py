"""BIRD: BGP, waiting for any neighbour of the lab's network."""
PACKAGES = ["bird2"]


def start(run):
    port = run.port("tcp", 179)
    conf = run.write("bird.conf", f"""
router id 10.91.0.77;
protocol device {{ }}
protocol bgp lab {{
	local port {port} as 64512;
	neighbor range 10.91.0.0/16 as 64513;
	dynamic name "peer";
	passive yes;
	ipv4 {{ import none; export none; }};
}}
""")
    run.spawn(["/usr/sbin/bird", "-f", "-c", conf, "-s", run.folder / "control",
               "-P", run.folder / "pid"])
    run.serves("tcp", port, stunnel=False, service="bgp", hidden=run.version("bird2"))
