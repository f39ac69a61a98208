"""Prosody: xmpp for clients and for servers, with STARTTLS"""
PACKAGES = ["prosody"]


def start(run):
    client, server = run.port("tcp", 5222), run.port("tcp", 5269)
    certificate, key = run.certificate()
    conf = run.write("prosody.cfg.lua", f"""
run_as_root = true
daemonize = false
pidfile = "{run.folder}/pid"
data_path = "{run.sub('data')}"
modules_enabled = {{ "saslauth", "tls", "dialback", "disco", "version" }}
modules_disabled = {{ "s2s_bidi" }}
c2s_ports = {{ {client} }}
s2s_ports = {{ {server} }}
c2s_direct_tls_ports = {{}}
interfaces = {{ "*" }}
ssl = {{ certificate = "{certificate}", key = "{key}" }}
log = "*console"
VirtualHost "lab.test"
""")
    run.spawn(["prosody", "--config", conf, "-F"])
    hidden = run.version("prosody")
    run.serves("tcp", client, service="xmpp-client", product="Prosody xmpp-client", hidden=hidden)
    run.serves("tcp", server, service="xmpp-server", product="Prosody xmpp-server", hidden=hidden)
