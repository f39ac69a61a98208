"""Prometheus Blackbox Exporter: http"""
PACKAGES = ["prometheus-blackbox-exporter"]


def start(run):
    port = run.port("tcp", 9115)
    conf = run.write("blackbox.yml", "modules: {}\n")
    run.spawn(["/usr/bin/prometheus-blackbox-exporter", "--config.file", conf,
               f"--web.listen-address=:{port}"])
    run.serves("tcp", port, service="http", product="Prometheus Blackbox Exporter")
