"""uWSGI's http socket: its application's answers, no word of its own"""
PACKAGES = ["uwsgi-core", "uwsgi-plugin-python3"]


def start(run):
    run.write("app.py", """
def app(environment, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"lab"]
""")
    port = run.port("tcp", 9090)
    run.spawn(["/usr/bin/uwsgi_python3", "--http-socket", f":{port}", "--plugin", "python3",
               "--chdir", run.folder, "--module", "app:app"])
    run.serves("tcp", port, service="http", hidden=run.version("uwsgi-core"))
