"""Kea's control agent: http"""
PACKAGES = ["kea-ctrl-agent"]


def start(run):
    port = run.port("tcp", 8000)
    conf = run.write("agent.json", f'''
{{"Control-agent": {{"http-host": "0.0.0.0", "http-port": {port}}}}}
''')
    run.spawn(["/usr/sbin/kea-ctrl-agent", "-c", conf],
              env={"KEA_PIDFILE_DIR": run.folder, "KEA_LOCKFILE_DIR": "none"})
    run.serves("tcp", port, service="http", product=("ISC Kea control agent", "Kea"),
               hidden=run.version("kea-ctrl-agent"))
