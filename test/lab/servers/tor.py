"""Tor without a network: its control port names its version, its SOCKS port its name"""
PACKAGES = ["tor"]


def start(run):
    socks, control = run.port("tcp", 9050), run.port("tcp", 9051)
    relay = run.port("tcp", 9001)
    conf = run.write("torrc", f"""
DataDirectory {run.sub("data", mode=0o700)}
SocksPort 0.0.0.0:{socks}
ControlPort 0.0.0.0:{control}
CookieAuthentication 1
ORPort 0.0.0.0:{relay}
Address 10.91.1.1
AssumeReachable 1
PublishServerDescriptor 0
Nickname lab
DisableDebuggerAttachment 0
Log err stderr
""")
    run.spawn(["/usr/bin/tor", "-f", conf])
    run.serves("tcp", socks, service="tor-socks", product="Tor SOCKS proxy",
               hidden=run.version("tor"))
    run.serves("tcp", control, service="tor-control", product="Tor control port",
               version=run.version("tor"))
    run.serves("tcp", relay, service="tor-orport", product="Tor", tls=True,
               hidden=run.version("tor"))
