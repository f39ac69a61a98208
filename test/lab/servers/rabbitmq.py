"""RabbitMQ: AMQP 0-9-1, whose start of a connection tells product and version."""
PACKAGES = ["rabbitmq-server"]


def start(run):
    port, tls, node = run.port("tcp", 5672), run.port("tcp", 5671), run.port("tcp", 25672)
    certificate, key = run.certificate()
    home = run.sub("home", mode=0o700)
    conf = run.write("rabbitmq.conf", f"""
listeners.tcp.1 = 0.0.0.0:{port}
listeners.ssl.1 = 0.0.0.0:{tls}
ssl_options.certfile = {certificate}
ssl_options.keyfile = {key}
ssl_options.verify = verify_none
""")
    run.spawn(["/usr/lib/rabbitmq/bin/rabbitmq-server"],
              env={"HOME": home, "RABBITMQ_CONFIG_FILE": conf, "RABBITMQ_NODENAME": "harbour@lab",
                   "RABBITMQ_MNESIA_BASE": run.sub("mnesia"), "RABBITMQ_LOG_BASE": run.sub("logs"),
                   "RABBITMQ_DIST_PORT": node, "ERL_EPMD_PORT": run.port("tcp", 4369),
                   "RABBITMQ_ENABLED_PLUGINS_FILE": run.write("plugins", "[].\n"),
                   "RABBITMQ_PID_FILE": run.folder / "pid"})
    for one, inside in ((port, False), (tls, True)):
        run.serves("tcp", one, service="amqp", product="RabbitMQ",
                   version=run.version("rabbitmq-server"), tls=inside)
