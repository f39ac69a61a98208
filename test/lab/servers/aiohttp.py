"""aiohttp: http"""
PACKAGES = ["python3-aiohttp"]


def start(run):
    port = run.port("tcp", 8080)
    app = run.write("app.py", f"""
from aiohttp import web
app = web.Application()
web.run_app(app, port={port}, print=None)
""")
    run.spawn(["/usr/bin/python3", app])
    run.serves("tcp", port, service="http", product="aiohttp",
               version=run.version("python3-aiohttp"))
