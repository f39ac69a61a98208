"""Uvicorn: http. It names no version."""
PACKAGES = ["uvicorn"]


def start(run):
    run.write("app.py", """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"lab"})
""")

    port = run.port("tcp", 8000)
    run.spawn(["/usr/bin/uvicorn", "--host", "0.0.0.0", "--port", port, "--app-dir", run.folder,
               "app:app"])
    run.serves("tcp", port, service="http", product="Uvicorn", hidden=run.version("uvicorn"))
