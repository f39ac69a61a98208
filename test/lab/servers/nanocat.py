"""nanomsg: a socket that replies."""
PACKAGES = ["nanomsg-utils"]


def start(run):
    port = run.port("tcp", 5556)
    run.spawn(["/usr/bin/nanocat", "--rep", "--bind", f"tcp://0.0.0.0:{port}", "--data", "lab"])
    run.serves("tcp", port, service="nanomsg", product="nanomsg/nng SP")
