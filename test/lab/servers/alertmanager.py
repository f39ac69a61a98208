"""Prometheus Alertmanager: http"""
PACKAGES = ["prometheus-alertmanager"]


def start(run):
    port = run.port("tcp", 9093)
    run.spawn(["/usr/bin/prometheus-alertmanager", "--config.file", run.write("alertmanager.yml", "route: {receiver: lab}\nreceivers: [{name: lab}]\n"),
               "--storage.path", run.folder, "--cluster.listen-address=", f"--web.listen-address=:{port}"])
    run.serves("tcp", port, service="http", product="Prometheus Alertmanager")
