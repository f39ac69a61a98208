"""Paramiko: ssh, its server side"""
PACKAGES = ["python3-paramiko"]

SERVER = """
import paramiko, socket, sys, threading

key = paramiko.RSAKey.generate(2048)

def serve(client):
    transport = paramiko.Transport(client)
    transport.add_server_key(key)
    try:
        transport.start_server(server=paramiko.ServerInterface())
    except (EOFError, OSError, paramiko.SSHException):
        pass

listener = socket.create_server(("", int(sys.argv[1])), backlog=64)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""


def start(run):
    port = run.port("tcp", 22)
    run.spawn(["/usr/bin/python3", run.write("server.py", SERVER), port])
    run.serves("tcp", port, service="ssh", product="Paramiko sshd",
               version=run.version("python3-paramiko"))
