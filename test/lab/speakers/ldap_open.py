"""As an LDAP server without TLS that shows its directory to anybody (RFC 4511)."""
import speaking

BIND, UNBIND, SEARCH = 0x60, 0x42, 0x63
CONTEXT = "dc=harbour,dc=test"
ROOT = {"namingContexts": [CONTEXT], "supportedLDAPVersion": ["3"]}
NAMES = [CONTEXT, "ou=people," + CONTEXT, "uid=alice,ou=people," + CONTEXT]


def element(tag, content):
    assert len(content) < 0x8000
    size = len(content).to_bytes(2, "big")
    return bytes([tag]) + (size[1:] if len(content) < 128 else b"\x82" + size) + content


def text(value):
    return element(4, value.encode())


def read_element(rfile):
    tag, length = speaking.exactly(rfile, 2)
    if length > 127:
        if length > 0x82:
            raise speaking.Refused
        length = int.from_bytes(speaking.exactly(rfile, length & 0x7f), "big")
    return tag, speaking.exactly(rfile, length)


def parts(content):
    """Elements with lengths of one byte, as requests so small have."""
    at = 0
    while at < len(content):
        yield content[at], content[at + 2:at + 2 + content[at + 1]]
        at += 2 + content[at + 1]


def entry(name, attributes):
    rows = b"".join(element(0x30, text(kind) + element(0x31, b"".join(map(text, values))))
                    for kind, values in attributes.items())
    return element(0x64, text(name) + element(0x30, rows))


def done(tag):
    return element(tag, b"\x0a\x01\0" + text("") + text(""))


def talk(rfile, wfile):
    while True:
        tag, content = read_element(rfile)
        if tag != 0x30:
            raise speaking.Refused
        number, size = content[:2 + content[1]], 2 + content[1]
        kind, long = content[size], content[size + 1]
        body = content[size + 2 + (long & 0x7f if long > 127 else 0):]

        def say(operation):
            wfile.write(element(0x30, number + operation))
        if kind == UNBIND:
            return
        if kind == BIND:
            say(done(0x61))
        elif kind == SEARCH:
            base = next(parts(body))[1].decode()
            if not base:
                say(entry("", ROOT))
            elif base == CONTEXT:
                for name in NAMES:
                    say(entry(name, {}))
            say(done(0x65))


speaking.serve_tcp(talk)
