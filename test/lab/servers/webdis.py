"""Webdis: http before Redis"""
PACKAGES = ["webdis", "redis-server"]


def start(run):
    port = run.port("tcp", 7379)
    redis = run.port("tcp", 6379)
    run.spawn(["/usr/bin/redis-server", "--port", redis, "--bind", "127.0.0.1", "--save", "",
               "--dir", run.folder])
    conf = run.write("webdis.json", f'''{{"redis_host": "127.0.0.1", "redis_port": {redis},
"http_host": "0.0.0.0",
"http_port": {port}, "threads": 2, "pool_size": 2, "daemonize": false, "logfile": "/dev/null"}}''')
    run.spawn(["/usr/bin/webdis", conf])
    run.serves("tcp", port, service="http", product="Webdis", hidden=run.version("webdis"))
