"""As Docker's engine 24 on its TCP port without TLS (docs.docker.com, "Engine API")."""
import re

import speaking

VERSION = {
    "Platform": {"Name": "Docker Engine - Community"},
    "Components": [{"Name": "Engine", "Version": "24.0.7", "Details": {
        "ApiVersion": "1.43", "Arch": "amd64", "Experimental": "false"}}],
    "Version": "24.0.7", "ApiVersion": "1.43", "MinAPIVersion": "1.12", "GitCommit": "311b9ff",
    "GoVersion": "go1.20.10", "Os": "linux", "Arch": "amd64", "KernelVersion": "6.1.0-18-amd64",
    "BuildTime": "2023-10-26T09:08:02.000000000+00:00"}


def answer(path):
    if re.fullmatch(r"(/v1\.\d+)?/version", path):
        return VERSION
    if path == "/containers/json?limit=1":
        return []
    if path == "/_ping":
        return "OK"
    return 404, {"message": "page not found"}


speaking.serve_http(answer, "Docker/24.0.7 (linux)",
                    [("Api-Version", "1.43"), ("Docker-Experimental", "false"), ("Ostype", "linux")])
