"""Tinyproxy: a proxy for http"""
PACKAGES = ["tinyproxy-bin"]


def start(run):
    port = run.port("tcp", 8888)
    conf = run.write("tinyproxy.conf", f"Port {port}\nTimeout 60\nMaxClients 100\nLogLevel Error\n")
    run.spawn(["/usr/bin/tinyproxy", "-d", "-c", conf])
    run.serves("tcp", port, service="http-proxy", product="tinyproxy",
               version=run.version("tinyproxy-bin"))
