"""PulseAudio: its native protocol over TCP. Says nothing of itself to strangers."""
PACKAGES = ["pulseaudio"]


def start(run):
    port = run.port("tcp", 4713)
    run.spawn(["/usr/bin/pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1",
               "--use-pid-file=no", "--disable-shm=yes", "-L",
               f"module-native-protocol-tcp port={port} listen=0.0.0.0"],
              env={"XDG_RUNTIME_DIR": run.sub("run/pulse", mode=0o700)})
    run.serves("tcp", port, service="pulseaudio", product="PulseAudio",
               hidden=run.version("pulseaudio"), odd=False, stunnel=False)
