"""Tornado: http"""
PACKAGES = ["python3-tornado"]


def start(run):
    port = run.port("tcp", 8888)
    app = run.write("app.py", f"""
import asyncio
import tornado.web
async def main():
    tornado.web.Application([]).listen({port})
    await asyncio.Event().wait()
asyncio.run(main())
""")
    run.spawn(["/usr/bin/python3", app])
    run.serves("tcp", port, service="http", product=("Tornado httpd", "TornadoServer"),
               version="6.2")
