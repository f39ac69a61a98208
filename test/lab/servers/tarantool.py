"""Tarantool: its binary protocol greets with the version."""
PACKAGES = ["tarantool"]


def start(run):
    port = run.port("tcp", 3301)
    script = run.write("lab.lua", f"box.cfg{{listen='0.0.0.0:{port}', memtx_memory=33554432, "
                       f"wal_mode='none', work_dir='{run.sub('data')}'}}\n"
                       "require('fiber').sleep(1e9)\n")
    run.spawn(["/usr/bin/tarantool", script])
    run.serves("tcp", port, service="tarantool", product="Tarantool",
               version=run.version("tarantool"))
