"""As ClickHouse's HTTP interface with a default user without a password (clickhouse.com, "HTTP
Interface")."""
import urllib.parse

import speaking

QUERIES = {"SELECT version()": "23.8.2.7\n", "SHOW DATABASES": "default\nshop\nsystem\n"}


def answer(path):
    if path == "/":
        return "Ok.\n"
    if path == "/ping":
        return "Ok.\n"
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query).get("query", [""])[0]
    if asked in QUERIES:
        return QUERIES[asked]
    return 404, "There is no handle " + path + "\n"


speaking.serve_http(answer, headers=[("X-ClickHouse-Server-Display-Name", "lab"),
                                     ("X-ClickHouse-Format", "TabSeparated")])
