"""script_mutant.py SEED ADDRESS=TARGET/tcp:PORT,udp:PORT... : stands before real servers and passes on
what clients say; what the servers say it changes on the way: bytes, lengths, ends. One process,
one thread; says "ready". The same seed changes the same."""
import asyncio
import random
import sys


def mutate(data, source):
    """What is left of data."""
    if not data or source.random() < 0.25:
        return data
    data = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 4, 16))):
        if not data:
            break
        at = source.randrange(len(data))
        kind = source.randrange(8)
        if kind < 2:
            data[at] ^= 1 << source.randrange(8)
        elif kind == 2:
            data[at] = source.choice((0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x20, 0x22))
        elif kind == 3:
            data[at:at + 4] = source.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
        elif kind == 4:
            del data[at:at + source.choice((1, 2, 4, 64))]
        elif kind == 5:
            data[at:at] = source.randbytes(source.choice((1, 2, 4, 300)))
        elif kind == 6:
            del data[at:]
        else:
            data[at:at] = data[at:at + 64] * source.choice((1, 2, 50))
    return bytes(data)


async def pump(reader, writer, change):
    try:
        while data := await reader.read(65536):
            writer.write(change(data))
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def relay(target, port, source):
    async def serve(reader, writer):
        mine = random.Random(source.random())
        try:
            there_reader, there_writer = await asyncio.open_connection(target, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, there_writer, bytes),
                             pump(there_reader, writer, lambda data: mutate(data, mine)))
    return serve


class Datagrams(asyncio.DatagramProtocol):
    """One socket towards the server for each client."""

    def __init__(self, target, port, source):
        self.there, self.source, self.clients = (target, port), source, {}

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, client):
        asyncio.get_running_loop().create_task(self.forward(data, client))

    async def forward(self, data, client):
        if client not in self.clients:
            def back(answer):
                if changed := mutate(answer, self.source):
                    self.transport.sendto(changed[:60000], client)
            made, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: Back(back), remote_addr=self.there)
            self.clients[client] = made
        self.clients[client].sendto(data)


class Back(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer

    def datagram_received(self, data, address):
        self.answer(data)


async def main(seed, wanted):
    loop = asyncio.get_running_loop()
    for one in wanted:
        address, rest = one.split("=")
        target, ports = rest.split("/")
        for transport, port in (part.split(":") for part in ports.split(",")):
            source = random.Random(f"{seed} {target} {transport} {port}")
            if transport == "tcp":
                await asyncio.start_server(relay(target, int(port), source), address, int(port))
            else:
                await loop.create_datagram_endpoint(
                    lambda: Datagrams(target, int(port), source), (address, int(port)))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
