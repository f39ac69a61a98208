"""As MongoDB 4.4 speaks without access control: OP_QUERY of commands, and OP_MSG
(mongodb.com, "MongoDB Wire Protocol"; bsonspec.org)."""
import itertools
import struct

import speaking

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
VERSION = "4.4.29"


def bson(document):
    body = b""
    for name, value in document.items():
        key = name.encode() + b"\0"
        if isinstance(value, bool):
            body += b"\x08" + key + bytes([value])
        elif isinstance(value, int):
            body += b"\x10" + key + struct.pack("<i", value)
        elif isinstance(value, float):
            body += b"\x01" + key + struct.pack("<d", value)
        elif isinstance(value, str):
            text = value.encode() + b"\0"
            body += b"\x02" + key + struct.pack("<i", len(text)) + text
        elif isinstance(value, list):
            body += b"\x04" + key + bson({str(at): one for at, one in enumerate(value)})
        else:
            body += b"\x03" + key + bson(value)
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def first_name(document):
    """A command is the first field of its document."""
    return document[5:document.index(b"\0", 5)].decode().lower()


def answers():
    return {
        "buildinfo": {"version": VERSION, "gitVersion": "d4ff5ef1", "allocator": "tcmalloc",
                      "javascriptEngine": "mozjs", "versionArray": [4, 4, 29, 0],
                      "openssl": {"running": "OpenSSL 1.1.1n", "compiled": "OpenSSL 1.1.1n"},
                      "bits": 64, "debug": False, "maxBsonObjectSize": 16777216,
                      "storageEngines": ["devnull", "wiredTiger"], "ok": 1.0},
        "serverstatus": {"host": "lab", "version": VERSION, "process": "mongod", "pid": 41,
                         "uptime": 77.0, "connections": {"current": 1, "available": 51199},
                         "ok": 1.0},
        "listdatabases": {"databases": [
            {"name": "admin", "sizeOnDisk": 40960.0, "empty": False},
            {"name": "shop", "sizeOnDisk": 73728.0, "empty": False}],
            "totalSize": 114688.0, "ok": 1.0},
        "ismaster": {"ismaster": True, "maxWireVersion": 9, "minWireVersion": 0, "ok": 1.0},
    }


def document_of(command, reply):
    known = reply(answers())
    alias = {"hello": "ismaster"}.get(command, command)
    return known.get(alias, {"ok": 0.0, "errmsg": f"no such command: '{command}'", "code": 59,
                             "codeName": "CommandNotFound"})


def talk(rfile, wfile, query=lambda command, reply: document_of(command, reply), reply=dict):
    for number in itertools.count(1):
        length, request, _, opcode = struct.unpack("<iiii", speaking.exactly(rfile, 16))
        if not 16 <= length <= 65536:
            raise speaking.Refused
        body = speaking.exactly(rfile, length - 16)
        if opcode == OP_QUERY:
            name = body[4:body.index(b"\0", 4)]
            command = first_name(body[4 + len(name) + 1 + 8:])
            content = struct.pack("<iqii", 8, 0, 0, 1) + bson(query(command, reply))
            kind = OP_REPLY
        elif opcode == OP_MSG and body[4] == 0:
            content = struct.pack("<IB", 0, 0) + bson(document_of(first_name(body[5:]), reply))
            kind = OP_MSG
        else:
            raise speaking.Refused
        wfile.write(struct.pack("<iiii", 16 + len(content), number, request, kind) + content)


if __name__ == "__main__":
    speaking.serve_tcp(talk)
