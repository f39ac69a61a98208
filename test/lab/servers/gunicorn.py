"""Gunicorn: http. It names no version."""
PACKAGES = ["gunicorn"]


def start(run):
    run.write("app.py", """
def app(environment, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"lab"]
""")

    port = run.port("tcp", 8000)
    run.spawn(["/usr/bin/gunicorn", "-b", f"0.0.0.0:{port}", "--chdir", run.folder, "app:app"])
    run.serves("tcp", port, service="http", product="Gunicorn", hidden=run.version("gunicorn"))
