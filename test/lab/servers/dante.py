"""Dante: SOCKS 4 and 5. It names itself nowhere."""
PACKAGES = ["dante-server"]


def start(run):
    port = run.port("tcp", 1080)
    conf = run.write("danted.conf", f"""
logoutput: stderr
internal: 0.0.0.0 port = {port}
external: lo
socksmethod: none
clientmethod: none
user.unprivileged: nobody
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
socks block {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
""")
    run.spawn(["/usr/sbin/danted", "-f", conf, "-p", run.folder / "pid"])
    run.serves("tcp", port, service="socks5", hidden=run.version("dante-server"))
