"""Mercurial's hg serve: http"""
PACKAGES = ["mercurial"]


def start(run):
    port = run.port("tcp", 8000)
    run.run(["/usr/bin/hg", "init", run.folder / "lab"])
    run.spawn(["/usr/bin/hg", "serve", "-R", run.folder / "lab", "-p", port, "-a", "0.0.0.0"])
    run.serves("tcp", port, service="http",
               product=("Mercurial hg serve", "Mercurial", "BaseHTTPServer"),
               hidden="0.6")            # of the BaseHTTPServer
