"""As a Consul agent without ACLs (developer.hashicorp.com, "Consul HTTP API")."""
import speaking

ANSWERS = {
    "/v1/agent/self": {
        "Config": {"Datacenter": "lab", "PrimaryDatacenter": "lab", "NodeName": "harbour",
                   "NodeID": "adf4238a", "Revision": "7720a0a", "Server": True,
                   "Version": "1.15.4"},
        "DebugConfig": {"EnableLocalScriptChecks": False, "EnableRemoteScriptChecks": True,
                        "ACLsEnabled": False},
        "Member": {"Name": "harbour", "Addr": "10.0.0.5", "Port": 8301}},
    "/v1/catalog/services": {"consul": [], "web": ["v1"], "db": []},
    "/v1/catalog/nodes": [{"Node": "harbour", "Address": "10.0.0.5", "Datacenter": "lab"}],
    "/v1/status/leader": "10.0.0.5:8300",
}


def answer(path):
    found = ANSWERS.get(path)
    if path == "/v1/status/leader":
        return f'"{found}"'
    return found if found is not None else (404, "")


speaking.serve_http(answer)
