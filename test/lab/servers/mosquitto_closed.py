"""Mosquitto that asks for a password: not authorized, and no more."""
PACKAGES = ["mosquitto"]


def start(run):
    port = run.port("tcp", 1883)
    conf = run.write("mosquitto.conf", "user root\nallow_anonymous false\n"
                     f"password_file {run.write('passwords', '')}\nlistener {port} 0.0.0.0\n")
    run.spawn(["/usr/sbin/mosquitto", "-c", conf])
    # In TLS the refusal is lost: mosquitto resets what it has not read, and stunnel passes that on.
    run.serves("tcp", port, stunnel=False, service="mqtt", hidden=run.version("mosquitto"))
