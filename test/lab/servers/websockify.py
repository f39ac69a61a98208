"""websockify: http, WebSocket to a TCP port"""
PACKAGES = ["websockify"]


def start(run):
    port = run.port("tcp", 6080)
    run.spawn(["/usr/bin/websockify", port, "127.0.0.1:9"])
    run.serves("tcp", port, service="http", product=("WebSockify", "websockify"), hidden=run.version("websockify"))
