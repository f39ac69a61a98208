"""Redis Sentinel: its INFO has the version too."""
PACKAGES = ["redis-sentinel"]


def start(run):
    port = run.port("tcp", 26379)
    conf = run.write("sentinel.conf", f"port {port}\nbind 0.0.0.0\nprotected-mode no\n"
                     f"dir {run.folder}\n")
    run.spawn(["/usr/bin/redis-sentinel", conf])
    run.serves("tcp", port, service="redis", product="Redis Sentinel",
               version=run.version("redis-sentinel"))
