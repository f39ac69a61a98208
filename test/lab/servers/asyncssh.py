"""AsyncSSH: ssh, as its documentation's smallest server"""
PACKAGES = ["python3-asyncssh"]

SERVER = """
import asyncio, asyncssh, sys

async def main():
    key = asyncssh.generate_private_key("ssh-ed25519")
    await asyncssh.listen("", int(sys.argv[1]), server_host_keys=[key])
    await asyncio.Event().wait()

asyncio.run(main())
"""


def start(run):
    port = run.port("tcp", 22)
    run.spawn(["/usr/bin/python3", run.write("server.py", SERVER), port])
    run.serves("tcp", port, service="ssh", product="AsyncSSH sshd",
               version=run.version("python3-asyncssh"))
