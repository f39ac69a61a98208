"""git's daemon"""
PACKAGES = ["git"]


def start(run):
    port = run.port("tcp", 9418)
    run.spawn(["git", "daemon", "--reuseaddr", f"--port={port}",
               f"--base-path={run.sub('repositories')}"])
    run.serves("tcp", port, service="git", product="git daemon", hidden=run.version("git"))
