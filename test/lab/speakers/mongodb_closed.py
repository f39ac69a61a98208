"""As MongoDB 6.0 with access control: OP_QUERY says hello only, and other commands than
buildInfo want a login."""
import mongodb
import speaking


def query(command, reply):
    if command in ("ismaster", "hello"):
        return mongodb.document_of(command, reply)
    return {"ok": 0.0, "errmsg": f"Unsupported OP_QUERY command: {command}. The client driver may "
            "require an upgrade. For more details see "
            "https://dochub.mongodb.org/core/legacy-opcode-removal", "code": 352,
            "codeName": "UnsupportedOpQueryCommand"}


def closed(known):
    for command in ("serverstatus", "listdatabases"):
        known[command] = {"ok": 0.0, "errmsg": f"command {command} requires authentication",
                          "code": 13, "codeName": "Unauthorized"}
    known["buildinfo"]["version"] = "6.0.14"
    return known


if __name__ == "__main__":
    speaking.serve_tcp(lambda rfile, wfile: mongodb.talk(rfile, wfile, query, closed))
