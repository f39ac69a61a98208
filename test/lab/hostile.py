"""hostile.py FIRST-PORT COUNT ADDRESS...: servers that a scanner must survive, one kind
after the other over all ports of all addresses. One process, one thread; says "ready".

    silent    accepts and says nothing, for ever
    drip      one byte a second, for ever
    endless   as much as is read, for ever
    reset     resets the connection when it is spoken to
    stall     takes a TLS hello for the first bytes of an answer, and stops
    echo      says what it is told
    noise     random bytes, then the end
    parrot    answers anything with the banners of everything
    closes    accepts and closes
    one       a web server for one client at a time: the others wait to be accepted"""
import asyncio
import random
import resource
import socket
import struct
import sys

KINDS = ("silent", "drip", "endless", "reset", "stall", "echo", "noise", "parrot", "closes", "one")
BANNERS = (b"SSH-2.0-OpenSSH_9.2p1\r\n", b"220 lab.test ESMTP Postfix\r\n", b"+OK ready\r\n",
           b"220 (vsFTPd 3.0.3)\r\n", b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n",
           b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n", b"RFB 003.008\n",
           b"-ERR unknown command\r\n", b"@RSYNCD: 31.0\n", b"\x16\x03\x03\x00\x02\x02\x28",
           b"I\0\0\0\x0a5.5.5-10.11.6-MariaDB\0", b"AMQP\0\0\x09\x01", b"RTSP/1.0 200 OK\r\n\r\n")
PAGE = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nlab\n"


def kind_of(address_number, port_number):
    """Both counted from 0. Each address has every kind, none at the same ports as the next."""
    return KINDS[(address_number + port_number) % len(KINDS)]


def reset(writer):
    """Closes with a RST."""
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def until_closed(reader):
    while await reader.read(65536):
        pass


async def silent(reader, writer):
    await until_closed(reader)


async def drip(reader, writer):
    while not reader.at_eof():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(1)


async def endless(reader, writer):
    block = b"lab" * 4096
    while True:
        writer.write(block)
        await writer.drain()
        await asyncio.sleep(0)


async def resets(reader, writer):
    await reader.read(1)
    reset(writer)


async def stall(reader, writer):
    first = await reader.read(4096)
    if first[:1] == b"\x16":
        # A handshake record of 16 KB is announced, of a ServerHello the first bytes come.
        writer.write(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
        await until_closed(reader)


async def echo(reader, writer):
    while heard := await reader.read(65536):
        writer.write(heard)
        await writer.drain()


async def noise(reader, writer):
    source = random.Random(writer.get_extra_info("sockname")[1])
    for _ in range(16):
        writer.write(source.randbytes(1024))
        await writer.drain()


async def parrot(reader, writer):
    everything = b"".join(BANNERS)
    writer.write(everything)
    while await reader.read(65536):
        writer.write(everything)
        await writer.drain()


async def closes(reader, writer):
    pass


ANSWERS = {"silent": silent, "drip": drip, "endless": endless, "reset": resets, "stall": stall,
           "echo": echo, "noise": noise, "parrot": parrot, "closes": closes}


def served(answer):
    async def serve(reader, writer):
        try:
            await answer(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
    return serve


async def one_at_a_time(listening):
    """Accepts the next when the one before has gone."""
    loop = asyncio.get_running_loop()
    while True:
        client, _ = await loop.sock_accept(listening)
        client.setblocking(False)
        try:
            if await loop.sock_recv(client, 4096):
                await loop.sock_sendall(client, PAGE)
        except OSError:
            pass
        finally:
            client.close()


def listen(address, port, backlog):
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind((address, port))
    opened.listen(backlog)
    opened.setblocking(False)
    return opened


async def main(first, count, addresses):
    tasks = []
    for number, address in enumerate(addresses):
        for offset in range(count):
            kind = kind_of(number, offset)
            if kind == "one":
                listening = listen(address, first + offset, 64)
                tasks.append(asyncio.create_task(one_at_a_time(listening)))
            else:
                listening = listen(address, first + offset, 128)
                tasks.append(await asyncio.start_server(served(ANSWERS[kind]), sock=listening,
                                                        limit=4096))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
