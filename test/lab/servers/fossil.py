"""Fossil: http, a repository"""
PACKAGES = ["fossil"]


def start(run):
    port = run.port("tcp", 8080)
    place = run.folder / "lab.fossil"
    run.run(["/usr/bin/fossil", "init", "--admin-user", "lab", place], env={"USER": "lab"})
    run.spawn(["/usr/bin/fossil", "server", "--port", port, place], env={"USER": "lab"})
    run.serves("tcp", port, service="http", product=("Fossil SCM", "Fossil"),
               hidden=run.version("fossil"))
