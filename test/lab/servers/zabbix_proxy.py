"""Zabbix proxy, whose server is not there. It tells strangers no version."""
import gzip
import sqlite3

PACKAGES = ["zabbix-proxy-sqlite3"]


def start(run):
    port = run.port("tcp", 10051)
    database = run.folder / "proxy.db"
    with gzip.open("/usr/share/zabbix-proxy-sqlite3/schema.sql.gz", "rt") as schema, \
            sqlite3.connect(database) as connection:
        connection.executescript(schema.read())
    conf = run.write("proxy.conf", f"Server=127.0.0.1:10059\nHostname=lab.test\nListenPort={port}\n"
                     f"DBName={database}\nLogType=console\nPidFile={run.folder}/pid\n"
                     f"SocketDir={run.folder}\nAllowRoot=1\nStartPollers=1\nStartPingers=0\n"
                     "StartDiscoverers=0\nStartHTTPPollers=0\nStartPollersUnreachable=1\n")
    run.spawn(["/usr/sbin/zabbix_proxy", "-f", "-c", conf])
    run.serves("tcp", port, service="zabbix-trapper", product="Zabbix",
               hidden=run.version("zabbix-proxy-sqlite3"))
