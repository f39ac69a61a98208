"""Redis: key-value store. INFO tells its version to anybody."""
PACKAGES = ["redis-server"]


def start(run):
    port = run.port("tcp", 6379)
    run.spawn(["/usr/bin/redis-server", "--port", port, "--bind", "0.0.0.0", "--protected-mode",
               "no", "--save", "", "--dir", run.folder])
    run.serves("tcp", port, service="redis", version=run.version("redis-server"),
               product=("Redis key-value store", "Redis"))
