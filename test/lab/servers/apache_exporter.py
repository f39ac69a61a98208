"""Prometheus Apache Exporter: http"""
PACKAGES = ["prometheus-apache-exporter"]


def start(run):
    port = run.port("tcp", 9117)
    run.spawn(["/usr/bin/prometheus-apache-exporter", f"--telemetry.address=:{port}"])
    run.serves("tcp", port, service="http", product="Prometheus Apache Exporter")
