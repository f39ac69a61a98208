"""waitress: http. It names no version."""
PACKAGES = ["python3-waitress"]


def start(run):
    run.write("app.py", """
def app(environment, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"lab"]
""")

    port = run.port("tcp", 8080)
    run.spawn(["/usr/bin/waitress-serve", "--host=0.0.0.0", f"--port={port}", "app:app"],
              env={"PYTHONPATH": run.folder})
    run.serves("tcp", port, service="http", product=("waitress", "Waitress WSGI server"),
               hidden=run.version("python3-waitress"))
