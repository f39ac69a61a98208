"""As CouchDB 2.3 without an administrator ("admin party"; docs.couchdb.org, "API Reference").
/_stats is 1.6's shape, the one that the script of that name shows."""
import speaking

SERVER = "CouchDB/2.3.1 (Erlang OTP/19)"


def count(now, description):
    return {"description": description, "current": now, "sum": now, "mean": 0.5, "stddev": 1.25,
            "min": 0, "max": 3}


def nothing(description):
    return {"description": description, "current": None, "sum": None, "mean": None,
            "stddev": None, "min": None, "max": None}


ANSWERS = {
    "/": {"couchdb": "Welcome", "version": "2.3.1", "git_sha": "c298091a4",
          "uuid": "85fb71bf700c17267fef77535820e371", "features": ["pluggable-storage-engines"],
          "vendor": {"name": "The Apache Software Foundation"}},
    "/_all_dbs": ["_replicator", "_users", "shop", "stock"],
    "/_stats": {
        "couchdb": {
            "open_databases": count(2, "number of open databases"),
            "auth_cache_hits": nothing("number of authentication cache hits"),
            "request_time": count(12, "length of a request inside CouchDB without MochiWeb"),
            "database_writes": count(5, "number of times a database was changed"),
            "database_reads": nothing("number of times a document was read from a database"),
            "auth_cache_misses": nothing("number of authentication cache misses"),
            "open_os_files": count(3, "number of file descriptors CouchDB has open")},
        "httpd_request_methods": {
            "PUT": nothing("number of HTTP PUT requests"),
            "GET": count(9, "number of HTTP GET requests")},
        "httpd_status_codes": {"200": count(8, "number of HTTP 200 OK responses"),
                               "404": count(1, "number of HTTP 404 Not Found responses")},
        "httpd": {"requests": count(9, "number of HTTP requests"),
                  "bulk_requests": nothing("number of bulk requests")}},
    "/_session": {"ok": True, "userCtx": {"name": None, "roles": ["_admin"]},
                  "info": {"authentication_db": "_users",
                           "authentication_handlers": ["cookie", "default"]}},
    "/_membership": {"all_nodes": ["couchdb@127.0.0.1"], "cluster_nodes": ["couchdb@127.0.0.1"]},
}

speaking.serve_http(lambda path: ANSWERS.get(path, (404, {"error": "not_found", "reason": "missing"})),
                    SERVER)
