"""websockets: WebSocket over http"""
PACKAGES = ["python3-websockets"]


def start(run):
    port = run.port("tcp", 8765)
    app = run.write("app.py", f"""
import asyncio
import websockets
async def handler(connection):
    async for message in connection:
        await connection.send(message)
async def main():
    async with websockets.serve(handler, "0.0.0.0", {port}):
        await asyncio.Event().wait()
asyncio.run(main())
""")
    run.spawn(["/usr/bin/python3", app])
    run.serves("tcp", port, service="http", product=("websockets", "Python websockets"),
               version=run.version("python3-websockets"))
