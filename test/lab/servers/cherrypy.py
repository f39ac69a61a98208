"""CherryPy: http, by its server Cheroot"""
PACKAGES = ["python3-cherrypy3", "python3-cheroot"]


def start(run):
    port = run.port("tcp", 8080)
    app = run.write("app.py", f"""
import cherrypy
cherrypy.config.update({{"server.socket_host": "0.0.0.0", "server.socket_port": {port},
                         "engine.autoreload.on": False}})
cherrypy.quickstart()
""")
    run.spawn(["/usr/bin/python3", app])
    run.serves("tcp", port, service="http", product=("CherryPy wsgiserver", "CherryPy httpd"),
               version=run.version("python3-cherrypy3"))
