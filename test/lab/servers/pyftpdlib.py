"""pyftpdlib: ftp"""
PACKAGES = ["python3-pyftpdlib"]


def start(run):
    port = run.port("tcp", 21)
    run.spawn(["/usr/bin/python3", "-m", "pyftpdlib", "-p", port, "-d", run.sub("files")])
    run.serves("tcp", port, service="ftp", product="pyftpdlib",
               version=run.version("python3-pyftpdlib"))
