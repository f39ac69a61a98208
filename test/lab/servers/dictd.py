"""dictd"""
PACKAGES = ["dictd"]


def start(run):
    port = run.port("tcp", 2628)
    run.write("none.index", "00databaseinfo\tA\tB\n")
    run.write("none.dict", "a\n")
    conf = run.write("dictd.conf", f"global {{\n\tport {port}\n\tpid_file {run.folder}/pid\n}}\n"
                     'access { allow * }\n'
                     f'database none {{\n\tdata "{run.folder}/none.dict"\n'
                     f'\tindex "{run.folder}/none.index"\n}}\n')
    # It hangs up on those whose names cannot be asked for.
    names = run.write("nsswitch.conf", "hosts: files\n")
    run.binds += [str(names), "/etc/nsswitch.conf"]
    run.spawn(["/usr/sbin/dictd", "-d", "nodetach", "-c", conf])
    run.serves("tcp", port, service="dict", product="dictd", version=run.version("dictd"))
