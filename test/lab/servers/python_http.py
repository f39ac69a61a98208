"""Python's http.server: http"""
PACKAGES = ["python3-minimal", "libpython3.11-stdlib"]


def start(run):
    port = run.port("tcp", 8000)
    run.spawn(["/usr/bin/python3", "-m", "http.server", port, "--directory", run.sub("www")])
    run.serves("tcp", port, service="http", product=("SimpleHTTPServer", "BaseHTTPServer"),
               version="0.6")
