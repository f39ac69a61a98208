"""Deluge's web face: http, by Twisted Web"""
PACKAGES = ["deluge-web"]


def start(run):
    port = run.port("tcp", 8112)
    run.spawn(["/usr/bin/deluge-web", "-d", "-c", run.sub("conf"), "-p", port, "-i", "0.0.0.0"])
    run.serves("tcp", port, service="http", product=("Deluge web UI", "Twisted Web httpd", "TwistedWeb httpd"))
