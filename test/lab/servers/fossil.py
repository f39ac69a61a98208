"""Fossil: http, a repository"""
PACKAGES = ["fossil"]


def start(run):
    port = run.port("tcp", 8080)
    run.run(["/usr/bin/fossil", "init", "--admin-user", "lab", run.folder / "lab.fossil"], env={"USER": "lab"})
    run.spawn(["/usr/bin/fossil", "server", "--port", port, run.folder / "lab.fossil"], env={"USER": "lab"})
    run.serves("tcp", port, service="http", product=("Fossil SCM", "Fossil"), hidden=run.version("fossil"))
