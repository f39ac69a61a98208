"""Music Player Daemon. It tells the protocol's version, not its own."""
PACKAGES = ["mpd"]
HEAVY = True


def start(run):
    port = run.port("tcp", 6600)
    conf = run.write("mpd.conf", f'music_directory "{run.sub("music")}"\nport "{port}"\n'
                     'bind_to_address "0.0.0.0"\nlog_file "/dev/stderr"\nmax_connections "400"\n'
                     'zeroconf_enabled "no"\naudio_output {\n\ttype "null"\n\tname "none"\n}\n')
    run.spawn(["mpd", "--no-daemon", conf])
    run.serves("tcp", port, service="mpd", product="Music Player Daemon",
               hidden=run.version("mpd"))
