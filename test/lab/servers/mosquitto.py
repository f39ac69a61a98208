"""Mosquitto: MQTT, open to anybody; $SYS has its version."""
PACKAGES = ["mosquitto"]


def start(run):
    port, tls = run.port("tcp", 1883), run.port("tcp", 8883)
    certificate, key = run.certificate()
    conf = run.write("mosquitto.conf", f"""
user root
allow_anonymous true
listener {port} 0.0.0.0
listener {tls} 0.0.0.0
certfile {certificate}
keyfile {key}
""")
    run.spawn(["/usr/sbin/mosquitto", "-c", conf])
    run.serves("tcp", port, service="mqtt", product="Eclipse Mosquitto",
               version=run.version("mosquitto"))
    run.serves("tcp", tls, service="mqtt", product="Eclipse Mosquitto",
               version=run.version("mosquitto"), tls=True)
