"""Prometheus Node Exporter: http"""
PACKAGES = ["prometheus-node-exporter"]


def start(run):
    port = run.port("tcp", 9100)
    run.spawn(["/usr/bin/prometheus-node-exporter", f"--web.listen-address=:{port}"])
    run.serves("tcp", port, service="http", product="Prometheus Node Exporter")
