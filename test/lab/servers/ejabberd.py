"""ejabberd: xmpp for clients and for servers. It tells no version before a login."""
PACKAGES = ["ejabberd"]


def start(run):
    client, server = run.port("tcp", 5222), run.port("tcp", 5269)
    conf = run.write("ejabberd.yml", f"""hosts:
  - lab.test
listen:
  - port: {client}
    ip: "0.0.0.0"
    module: ejabberd_c2s
  - port: {server}
    ip: "0.0.0.0"
    module: ejabberd_s2s_in
modules: {{}}
""")
    spool, logs = run.sub("spool"), run.sub("logs")
    run.spawn(["erl", "-noinput", "-mnesia", "dir", f'"{spool}"', "-s", "ejabberd"],
              env={"ERL_LIBS": "/usr/lib/x86_64-linux-gnu", "EJABBERD_CONFIG_PATH": conf,
                   "EJABBERD_LOG_PATH": logs / "ejabberd.log"}, cwd=spool)
    hidden = run.version("ejabberd")
    run.serves("tcp", client, service="xmpp-client", product="ejabberd", hidden=hidden)
    run.serves("tcp", server, service="xmpp-server", product="ejabberd", hidden=hidden)
