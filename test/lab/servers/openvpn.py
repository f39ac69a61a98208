"""OpenVPN without tls-auth over UDP and TCP, and its management interface. It never tells its
version."""
PACKAGES = ["openvpn"]


def start(run):
    certificate, key = run.certificate()
    management = run.port("tcp", 7505)
    hidden = run.version("openvpn")
    for transport in ("udp", "tcp"):
        port = run.port(transport, 1194)
        conf = run.write(f"{transport}.conf", f"""mode server
tls-server
proto {transport}{"-server" if transport == "tcp" else ""}
port {port}
dev-type tun
dev lab{transport}
topology subnet
ca {certificate}
cert {certificate}
key {key}
dh none
verb 1
""" + (f"management 0.0.0.0 {management}\n" if transport == "udp" else ""))
        run.spawn(["/usr/sbin/openvpn", "--config", conf])
        run.serves(transport, port, service="openvpn", product="OpenVPN", hidden=hidden,
                   stunnel=False)
    # The interface has no port of its own; it serves one client at a time.
    run.serves("tcp", management, service="openvpn-management", product="OpenVPN management",
               hidden=hidden, stunnel=False)
