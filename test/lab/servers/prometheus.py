"""Prometheus: http. Its first page names no version."""
PACKAGES = ["prometheus"]
HEAVY = True


def start(run):
    port = run.port("tcp", 9090)
    conf = run.write("prometheus.yml", "global: {scrape_interval: 60s}\n")
    run.spawn(["/usr/bin/prometheus", f"--config.file={conf}", f"--storage.tsdb.path={run.folder}/data",
               f"--web.listen-address=:{port}"])
    run.serves("tcp", port, service="http", product=("Prometheus time series database", "Prometheus"),
               hidden=run.version("prometheus"))
