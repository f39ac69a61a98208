"""An SSH server that lets everybody in without a login (python3-asyncssh). ssh_open.py ADDRESS PORT"""
import asyncio
import sys

import asyncssh


class Open(asyncssh.SSHServer):
    def begin_auth(self, username):
        return False


async def main():
    await asyncssh.create_server(Open, sys.argv[1], int(sys.argv[2]),
                                 server_host_keys=[asyncssh.generate_private_key("ssh-rsa")])
    await asyncio.Event().wait()


asyncio.run(main())
