"""Puma: http. It names itself nowhere."""
PACKAGES = ["puma"]


def start(run):
    port = run.port("tcp", 9292)
    app = run.write("config.ru", "run ->(env) { [200, {}, ['lab']] }\n")
    run.spawn(["/usr/bin/puma", "-b", f"tcp://0.0.0.0:{port}", "-e", "production", app])
    run.serves("tcp", port, service="http", hidden=run.version("puma"))
