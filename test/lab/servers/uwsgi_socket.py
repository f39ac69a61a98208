"""uWSGI: its own protocol"""
PACKAGES = ["uwsgi-core"]


def start(run):
    port = run.port("tcp", 3031)
    run.spawn(["uwsgi-core", "--socket", f"0.0.0.0:{port}", "--processes", "2", "--plugin", "ping"])
    run.serves("tcp", port, service="uwsgi", product="uWSGI",
               hidden=run.version("uwsgi-core"), stunnel=False)
