"""InfluxDB: http"""
PACKAGES = ["influxdb"]


def start(run):
    port, backup = run.port("tcp", 8086), run.port("tcp", 8088)
    conf = run.write("influxdb.conf", f'''
reporting-disabled = true
bind-address = "127.0.0.1:{backup}"
[meta]
dir = "{run.folder}/meta"
[data]
dir = "{run.folder}/data"
wal-dir = "{run.folder}/wal"
[http]
bind-address = ":{port}"
''')
    run.spawn(["/usr/bin/influxd", "-config", conf])
    run.serves("tcp", port, service="http", product=("InfluxDB http admin", "InfluxDB"),
               version=run.version("influxdb"))
