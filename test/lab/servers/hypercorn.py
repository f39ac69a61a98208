"""Hypercorn: http. It names a protocol, no version."""
PACKAGES = ["python3-hypercorn"]


def start(run):
    run.write("app.py", """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"lab"})
""")

    port = run.port("tcp", 8000)
    run.spawn(["/usr/bin/python3", "-m", "hypercorn", "-b", f"0.0.0.0:{port}", "app:app"],
              env={"PYTHONPATH": run.folder})
    run.serves("tcp", port, service="http", product="Hypercorn",
               hidden=run.version("python3-hypercorn"))
