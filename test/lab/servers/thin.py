"""Thin: http"""
PACKAGES = ["thin"]


def start(run):
    port = run.port("tcp", 3000)
    app = run.write("config.ru", "run ->(env) { [200, {}, ['lab']] }\n")
    run.spawn(["/usr/bin/thin", "-a", "0.0.0.0", "-p", port, "-R", app,
               "-P", run.folder / "pid", "start"])
    run.serves("tcp", port, service="http", product="Thin httpd", hidden=run.version("thin"))
