"""Prometheus Pushgateway: http"""
PACKAGES = ["prometheus-pushgateway"]


def start(run):
    port = run.port("tcp", 9091)
    run.spawn(["/usr/bin/prometheus-pushgateway", f"--web.listen-address=:{port}"])
    run.serves("tcp", port, service="http", product="Prometheus Pushgateway")
