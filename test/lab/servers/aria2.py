"""aria2's JSON-RPC: http"""
PACKAGES = ["aria2"]


def start(run):
    port = run.port("tcp", 6800)
    run.spawn(["/usr/bin/aria2c", "--enable-rpc", "--rpc-listen-all", f"--rpc-listen-port={port}",
               "--enable-dht=false", "--no-conf", "--dir", run.folder])
    run.serves("tcp", port, service="http", product=("aria2 downloader JSON-RPC", "aria2"),
               hidden=run.version("aria2"))
