"""Werkzeug's development server: http"""
PACKAGES = ["python3-werkzeug"]


def start(run):
    port = run.port("tcp", 5000)
    app = run.write("app.py", f"""
from werkzeug.serving import run_simple
from werkzeug.wrappers import Response
run_simple("0.0.0.0", {port}, Response("lab"))
""")
    run.spawn(["/usr/bin/python3", app])
    run.serves("tcp", port, service="http", product="Werkzeug httpd",
               version=run.version("python3-werkzeug"))
