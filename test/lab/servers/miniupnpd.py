"""MiniUPnPd: UPnP, its description over http and SSDP over UDP"""
PACKAGES = ["miniupnpd", "nftables"]

# The chains that it fills; its package makes them in a script of its own.
CHAINS = """
table inet filter {
    chain forward { type filter hook forward priority 0; }
    chain miniupnpd { }
    chain prerouting_miniupnpd { type nat hook prerouting priority -100; }
    chain postrouting_miniupnpd { type nat hook postrouting priority 100; }
}
"""


def start(run):
    port = run.port("tcp", 5000)
    run.run(["/usr/sbin/nft", "-f", run.write("chains", CHAINS)])
    conf = run.write("miniupnpd.conf", f"""
ext_ifname=lo
ext_ip=11.0.0.1
listening_ip=eth0
http_port={port}
enable_natpmp=no
secure_mode=yes
uuid=6c61622d-6c61-622d-6c61-622d6c61622d
deny 0-65535 0.0.0.0/0 0-65535
""")
    run.spawn(["/usr/sbin/miniupnpd", "-d", "-f", conf])
    for transport, one in (("tcp", port), ("udp", 1900)):
        run.serves(transport, one, service="upnp", product=("MiniUPnPd", "MiniUPnP"),
                   version=run.version("miniupnpd"), odd=transport == "tcp",
                   stunnel=False)  # it answers its own network only
