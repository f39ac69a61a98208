"""Varnish: http, with an origin that is not there"""
PACKAGES = ["varnish"]


def start(run):
    port = run.port("tcp", 6081)
    run.spawn(["/usr/sbin/varnishd", "-F", "-a", f":{port}", "-b", "127.0.0.1:9",
               "-n", run.sub("work"), "-s", "malloc,16m", "-T", "none", "-j", "none"])
    run.serves("tcp", port, service="http", product=("Varnish http accelerator", "Varnish"),
               hidden=run.version("varnish"))
