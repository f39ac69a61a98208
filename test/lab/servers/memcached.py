"""memcached: a cache that tells its version on both transports."""
PACKAGES = ["memcached"]


def start(run):
    port = run.port("tcp", 11211)
    run.spawn(["/usr/bin/memcached", "-u", "nobody", "-l", "0.0.0.0", "-p", port, "-U", port,
               "-m", "8", "-t", "1"])
    for transport in ("tcp", "udp"):
        run.serves(transport, port, service="memcached", product="Memcached",
                   version=run.version("memcached"))
