"""banner.py PORT TEXT: one text for whoever connects, on all addresses, until they go.
An epoll loop: a thousand hosts' worth of connections must not be what is measured."""
import select
import socket
import sys

listening = socket.socket()
listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listening.bind(("0.0.0.0", int(sys.argv[1])))
listening.listen(65535)
text = sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
clients = {}
ready = select.epoll()
ready.register(listening, select.EPOLLIN)
print("ready", flush=True)
while True:
    for number, _ in ready.poll():
        try:
            if number == listening.fileno():
                client, _ = listening.accept()
                clients[client.fileno()] = client
                ready.register(client, select.EPOLLIN)
                client.send(text)
            elif not clients[number].recv(4096):
                clients.pop(number).close()
        except OSError:
            if number in clients:
                clients.pop(number).close()
