"""etcd: http and gRPC on one port; its version to anybody who asks"""
PACKAGES = ["etcd-server"]


def start(run):
    port, peers = run.port("tcp", 2379), run.port("tcp", 2380)
    peer = f"http://localhost:{peers}"
    run.spawn(["/usr/bin/etcd", "--data-dir", run.folder / "data",
               "--listen-client-urls", f"http://0.0.0.0:{port}",
               "--advertise-client-urls", f"http://{run.address}:{port}",
               "--listen-peer-urls", f"http://0.0.0.0:{peers}",
               "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"])
    for one in (port, peers):
        run.serves("tcp", one, service="http", product="etcd", version=run.version("etcd-server"))
