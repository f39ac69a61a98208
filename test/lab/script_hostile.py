"""script_hostile.py PORT KIND@ADDRESS...: servers that tell lies to the scripts of one protocol,
and those of hostile.py for all scripts; on TCP and UDP. One process, one thread; says "ready".

KINDS says what each does, and whom it is for."""
import asyncio
import gzip
import itertools
import random
import resource
import struct
import sys

import hostile

EVERYBODY = ("*",)
WEB = ("http-*", "elasticsearch-*", "couchdb-*", "docker-*", "kubernetes-*", "consul-*", "etcd-*",
       "rabbitmq-*", "upnp-*", "git-*", "ipp-*", "cups-*", "influxdb-*", "prometheus-*")
TLS = ("ssl-*", "tls-*", "http-security-headers", "rdp-*")
SSH = ("ssh*",)
DNS = ("dns-*", "broadcast-dns-*", "llmnr-*", "nbstat", "upnp-*")
ASN1 = ("snmp-*", "ldap-*", "rdp-*", "smb*", "krb5-*")
LINES = ("ftp-*", "smtp-*", "imap-*", "pop3-*", "banner", "rsync-*", "memcached-*", "sip-*", "rtsp-*",
         "telnet-*", "irc-*", "finger", "svn-*", "git-*", "zookeeper-*", "nntp-*",
         "gopher-*")
LENGTHS = ("mysql-*", "pgsql-*", "mongodb-*", "smb*", "cassandra-*", "kafka-*", "mqtt-*", "vnc-*",
           "x11-*", "modbus-*", "rdp-*", "rpcinfo", "nfs-*", "amqp-*", "ajp-*", "redis-*", "epmd-*",
           "zookeeper-*", "ipmi-*", "ntp-*", "nbstat", "coap-*")

HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def sized(body, headers=HTML):
    return headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked():
    """One chunk after the other, for ever."""
    yield HTML + b"Transfer-Encoding: chunked\r\n\r\n"
    yield from itertools.repeat(b"1000\r\n" + b"<a href=x>" * 409 + b"<br />" + b"\r\n")


def redirects(numbers=itertools.count()):
    yield b"HTTP/1.1 302 Found\r\nLocation: /%d/\r\nContent-Length: 0\r\n\r\n" % next(numbers)


def bomb(made=[]):      # noqa: B006: made once
    """A thousand bytes for each of what is sent."""
    if not made:
        made.append(gzip.compress(bytes(200 << 20), 9))
    yield sized(made[0], HTML + b"Content-Encoding: gzip\r\n")


def headers():
    """Headers for ever."""
    yield b"HTTP/1.1 200 OK\r\n"
    for number in itertools.count():
        yield b"Set-Cookie: c%d=1; Path=/\r\n" % number * 20


def header_line():
    """One header, without an end."""
    yield b"HTTP/1.1 200 OK\r\nServer: "
    yield from itertools.repeat(b"nginx " * 600)


def web_lies(turn=itertools.count()):
    """Something else that is not so each time."""
    lies = (
        HTML + b"Content-Length: 99999999999999999999\r\n\r\n<title>short</title>",
        HTML + b"Content-Length: -5\r\n\r\n<title>negative</title>",
        HTML + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n<title>\r\n",
        HTML + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nxyz\r\nzz\r\n\r\n",
        HTML + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f\x8b\x08\x00xxxxx",
        b"HTTP/1.1 999999999 \r\n\r\n", b"HTTP/1.1\r\n\r\n", b"HTTP/9.9 200\r\n:\r\n: :\r\n\r\n",
        b"HTTP/1.1 301 x\r\nLocation: http://[::::::]:99999999/%%%\r\n\r\n",
        b"HTTP/1.1 301 x\r\nLocation: \r\n\r\n", b"HTTP/1.1 302 x\r\nLocation: //\xff\xfe\0\r\n\r\n",
        b"HTTP/1.1 401 x\r\nWWW-Authenticate: Digest realm=\", nonce=,,,=\"\r\n"
        b"WWW-Authenticate: NTLM TlRMTVNTUAACAAAA//////8=\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: ;;;=;=\r\nSet-Cookie: a=b; expires=\0; max-age=-9e999\r\n"
        b"Date: Thu, 99 Foo -1 99:99:99 XYZ\r\nAllow: ,,,\0,\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=\0\r\n\r\n<title>\xc3\x28\xf0\x28\x8c</title>",
    )
    yield lies[next(turn) % len(lies)]


def web_page():
    """A page that patterns go astray in."""
    yield sized(b"<title>" + b"<meta name='generator' content=" * 4000 + b"<a href='" * 20000 + b" " * 100000 +
                b"<!--" * 5000)


def deep_json():
    yield sized(b"[" * 200000 + b"{\"a\":" * 20000, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")


def json_lies(turn=itertools.count()):
    """Sound JSON, in which nothing is what it should be."""
    lies = (b"{}", b"[]", b"null", b"1e999", b'"x"', b'{"version":[1],"Version":{"a":null},"name":{},'
            b'"cluster_name":[],"tagline":1,"nodes":"x","couchdb":0,"Config":"x","ApiVersion":true}',
            b'{"version":{"number":{},"lucene_version":[]},"items":{"0":[]},"major":{},"minor":[],'
            b'"members":"x","Components":[null,1,{}],"DC":{},"gitVersion":[[]]}',
            b'[null,true,1,{"name":[]},[[]]]', b'{"a":"\\ud800\\u0000"}')
    yield sized(lies[next(turn) % len(lies)], b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")


def record(body, kind=22, version=b"\x03\x03"):
    return struct.pack(">B2sH", kind, version, len(body) & 0xffff) + body


def handshake(kind, body, length=None):
    return bytes([kind]) + (len(body) if length is None else length).to_bytes(3, "big") + body


HELLO = b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2f" + b"\0" + b"\0\0"


def tls_lies(turn=itertools.count()):
    der = b"\x30\x84\xff\xff\xff\xff" + b"\x30\x82\xff\xff" * 50
    certificates = (len(der) + 3).to_bytes(3, "big") + len(der).to_bytes(3, "big") + der
    lies = (
        record(handshake(2, HELLO, 0xffffff)),
        record(handshake(2, HELLO[:20])),
        record(handshake(2, b"\x03\x03" + bytes(32) + b"\xff" + bytes(10))),
        record(handshake(2, HELLO[:-2] + b"\xff\xff" + bytes(8))),
        record(handshake(2, HELLO)) + record(handshake(11, certificates)) + record(handshake(14, b"")),
        record(handshake(2, HELLO)) + record(handshake(11, b"\xff\xff\xff\xff\xff\xff")) + record(b"\x0e\0\0\0"),
        record(handshake(2, HELLO)) + record(handshake(12, b"\x03\xff\xff\xff" + bytes(3))) + record(b"\x0e\0\0\0"),
        record(b"", 21), record(b"\x02", 21), record(b"\x01\x00" * 300, 21), record(b"", 22),
        record(b"\0\0\0\0" * 4000), b"\x16\x03\x03\xff\xff" + bytes(200), b"\x80\x2e\x04" + bytes(8),
        record(handshake(2, b"\x7f\x1c" + HELLO[2:])), record(handshake(99, b"x" * 90)),
    )
    yield lies[next(turn) % len(lies)]


def tls_endless():
    """Handshake messages of no meaning, for ever."""
    yield from itertools.repeat(record(handshake(22, b"x" * 1000) * 16))


def ssh_garbage():
    yield b"SSH-2.0-OpenSSH_9.2p1\r\n" + random.Random(7).randbytes(4000)


def ssh_lies(turn=itertools.count()):
    """Key exchange messages whose lengths are wrong."""
    start = b"SSH-2.0-lab\r\n"
    names = b"\x14" + bytes(16)
    lies = (b"\xff\xff\xff\xff\x04\x14", b"\0\0\0\0\0\0", b"\0\0\0\x01\xff",
            struct.pack(">IB", 60, 4) + names + b"\xff\xff\xff\xff" + bytes(38),
            struct.pack(">IB", 60, 255) + names + bytes(42),
            struct.pack(">IB", 200, 4) + names + (b"\0\0\0\x04a,b," * 20)[:178],
            struct.pack(">IB", 12, 4) + b"\x01\0\0\0\x02\xff\xff\xff\xff\0\0")
    yield start + lies[next(turn) % len(lies)] * 3


def ssh_greeting():
    """Lines before the version, for ever."""
    yield from itertools.repeat(b"welcome to the lab\r\n" * 100)


def asn1(turn=itertools.count()):
    lies = (b"\x30\x84\xff\xff\xff\xff" + bytes(30), b"\x30\x80" * 20000, b"\x30\x83\x00\xea\x60" + b"\x30\x82\xea\x5c" * 15000,
            b"\x30\x89" + b"\xff" * 9, b"\x30\x03\x02\x81", b"\x30\x0c\x02\x01\x01\x61\x84\x7f\xff\xff\xff\x0a\x01\x00",
            b"\x30\x0a\x02\x7f\xff\xff\xff\xff\xff\xff\xff\xff", b"\x30\x00" * 3000,
            b"\x30\x1c\x02\x01\x01\x04\x06public\xa2\x0f\x02\x04\xff\xff\xff\xff\x02\x01\x00\x30\x84\x00\x00")
    yield lies[next(turn) % len(lies)]


def lines():
    """An answer in several lines that has no last one."""
    yield from itertools.repeat(b"220-lab\r\n250-SIZE 9\r\n* lab\r\nSTAT pid 1\r\n" * 50)


def line():
    """A line without an end."""
    yield b"220 "
    yield from itertools.repeat(b"lab" * 2000)


def line_lies(turn=itertools.count()):
    lies = (b"220\r\n", b"\r\n", b"* CAPABILITY {99999999999}\r\n", b"+OK\r\n" * 3, b"999 999\r\n", b"\0\0\r\n",
            b"@RSYNCD: \r\n@RSYNCD: EXIT\r\n", b"220 a\r\n-1\r\n250 \xff\xfe%s%n\r\n", b"VERSION\r\nSTAT\r\nSTAT \r\nEND\r\n",
            b"SIP/2.0 \r\n\r\n", b"RTSP/1.0 200\r\nPublic: ,,\r\nCSeq: x\r\n\r\n", b"( success ( ( ( ( ( ",
            b"ffff0000zzzz", b"220 x" + b"y" * 70000 + b"\r\n", b"221\r\n530\r\n500\r\n421 bye\r\n")
    yield lies[next(turn) % len(lies)]


def lengths(turn=itertools.count()):
    """What announces a length announces too much, nothing, or less than nothing."""
    lies = (b"\xff\xff\xff\x00\x0a5.5", b"\0\0\0\0", b"\xff" * 64, b"R\x7f\xff\xff\xff\0\0\0\x05", b"E\0\0\0\x04" * 3,
            b"\xff\xff\xff\x7f" + bytes(12), b"\x10\0\0\0" + bytes(12), b"\0\xff\xff\xffSMB" + bytes(60),
            b"\0\0\0\x44\xfeSMB\x40\0" + b"\xff" * 62, b"\0\0\0\x27\xffSMB\x72" + bytes(26) + b"\xff\xff\xff\xff",
            b"\x84\0\0\x02\x7f\xff\xff\xff", b"\x84\0\0\x06\0\0\0\x02\xff\xff", b"\x7f\xff\xff\xff" + bytes(8),
            b"\x20\xff\xff\xff\xff\x7f", b"\x20\x02\0", b"RFB 003.008\n\xff\x01", b"RFB 003.008\n\0\x7f\xff\xff\xff",
            b"\0\0\x0b\0\0\0\xff\xff", b"\x01\0\x0b\0\0\0\xff\xff" + bytes(40), b"\x80\0\0\x18" + bytes(20) + b"\0\0\0\x01",
            b"\xff\xff\xff\xff" + bytes(24), b"*2147483647\r\n", b"*1\r\n" * 50000, b"$-99999\r\n", b"$99999999999\r\n",
            b"\x03\0\xff\xff\x02\xf0\x80\x7f\x66\x84\xff\xff\xff\xff", b"\x03\0\0\x04", b"AMQP\0\0\x09\x01",
            b"\x01\0\0\xff\xff\xff\xff", b"\0\0\0\0\0\xff\x01\x83", b"\x41\x42\xff\xff\x09", b"\x4a\0\0\0\x0a\0" + b"x" * 70)
    yield lies[next(turn) % len(lies)]


def rpc_for_ever():
    """A list of programs (RFC 1057) that another one always follows."""
    body = b"\0\0\0\x01" + struct.pack(">IIII", 100003, 3, 6, 2049)
    yield b"\x7f\xff\xff\xff\0\0\0\0\0\0\0\x01" + bytes(16)
    yield from itertools.repeat(body * 100)


def dns_answer(question, turn=itertools.count()):
    """A DNS answer to what was asked, with names that point at themselves, or too many of them."""
    lies = (b"\xc0\x0c\0\x0c\0\x01\0\0\0\0\0\x02\xc0\x0c", b"\xc0\x1a\xc0\x18\xc0\x1a" + bytes(10), b"\x3fabc",
            b"\xc0\xff\0\x10\0\x01\0\0\0\0\xff\xff\xff", b"\0\0\x10\0\x01\0\0\0\0\0\x05\xff\xff\xff\xff\xff",
            b"\x01a" * 200 + b"\0\0\x01\0\x01\0\0\0\0\0\x04", b"\0\0\x21\0\x01\0\0\0\0\0\x01\0",
            b"\0\0\x29\xff\xff\0\0\0\0\xff\xff\0\x03\xff\xff", b"")
    number = next(turn)
    counts = b"\0\x01\xff\xff\xff\xff\xff\xff" if number % 2 else b"\0\x01\0\x01\0\0\0\0"
    return question[:2] + b"\x84\0" + counts + question[12:] + lies[number % len(lies)]


# kind: (what it says on each connection and after each request, for whom)
LIARS = {
    "http-chunks": (chunked, WEB), "http-redirects": (redirects, WEB), "http-bomb": (bomb, WEB),
    "http-headers": (headers, WEB), "http-line": (header_line, WEB), "http-lies": (web_lies, WEB),
    "http-page": (web_page, WEB), "json-deep": (deep_json, WEB), "json-lies": (json_lies, WEB),
    "tls-lies": (tls_lies, TLS), "tls-endless": (tls_endless, TLS),
    "ssh-garbage": (ssh_garbage, SSH), "ssh-lies": (ssh_lies, SSH), "ssh-greeting": (ssh_greeting, SSH),
    "asn1": (asn1, ASN1), "lines": (lines, LINES), "line": (line, LINES), "line-lies": (line_lies, LINES),
    "lengths": (lengths, LENGTHS), "rpc": (rpc_for_ever, ("rpcinfo", "nfs-*")),
    "dns": (None, DNS),
}
# Who speaks before it is spoken to.
UNASKED = {"ssh-garbage", "ssh-lies", "ssh-greeting", "lines", "line", "line-lies", "lengths"}
KINDS = {**{kind: EVERYBODY for kind in hostile.KINDS if kind != "one"},
         **{kind: whom for kind, (_, whom) in LIARS.items()}}


async def say(writer, parts):
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)


def liar(kind):
    speech = LIARS[kind][0]

    async def answer(reader, writer):
        if kind in UNASKED:
            await say(writer, speech())
        while heard := await reader.read(65536):
            if kind == "dns":
                told = dns_answer(heard[2:])
                await say(writer, [len(told).to_bytes(2, "big") + told])
            else:
                await say(writer, speech())
    return answer


class Datagrams(asyncio.DatagramProtocol):
    """The same kind on UDP: what fits into a datagram of what TCP would hear."""

    def __init__(self, kind):
        self.kind = kind
        self.random = random.Random(kind)

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        for told in self.answers(data):
            self.transport.sendto(told, address)

    def answers(self, data):
        if self.kind == "dns":
            return [dns_answer(data)]
        if self.kind in LIARS:
            return [part[:1400] for part in itertools.islice(LIARS[self.kind][0](), 2)]
        return {"echo": [data], "noise": [self.random.randbytes(700)], "drip": [b"x"],
                "endless": [b"lab" * 400] * 30, "parrot": list(hostile.BANNERS),
                "closes": [b""], "reset": [bytes(1400)], "stall": [data[:7]]}.get(self.kind, [])


async def main(port, wanted):
    loop = asyncio.get_running_loop()
    for one in wanted:
        kind, address = one.split("@")
        answer = liar(kind) if kind in LIARS else hostile.ANSWERS[kind]
        await asyncio.start_server(hostile.served(answer), address, port, limit=4096)
        await loop.create_datagram_endpoint(lambda kind=kind: Datagrams(kind), (address, port))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:]))
