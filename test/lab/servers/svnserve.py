"""Subversion's svnserve. It tells the protocol's version, not its own."""
PACKAGES = ["subversion"]


def start(run):
    port = run.port("tcp", 3690)
    run.spawn(["svnserve", "-d", "--foreground", f"--listen-port={port}", "-r", run.sub("files")])
    run.serves("tcp", port, service="svn", product="Subversion svnserve",
               hidden=run.version("subversion"))
