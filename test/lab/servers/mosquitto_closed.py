"""Mosquitto that asks for a password: not authorized, and no more."""
PACKAGES = ["mosquitto"]


def start(run):
    port = run.port("tcp", 1883)
    conf = run.write("mosquitto.conf", "user root\nallow_anonymous false\n"
                     f"password_file {run.write('passwords', '')}\nlistener {port} 0.0.0.0\n")
    run.spawn(["/usr/sbin/mosquitto", "-c", conf])
    run.serves("tcp", port, service="mqtt", hidden=run.version("mosquitto"))
