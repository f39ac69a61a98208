"""As a Kubernetes API server that gives anonymous users rights, in plain HTTP as its old
insecure port (kubernetes.io, "API reference")."""
import speaking

ANSWERS = {
    "/version": {"major": "1", "minor": "24", "gitVersion": "v1.24.17", "gitCommit": "22a9682c",
                 "gitTreeState": "clean", "buildDate": "2023-08-23T23:37:25Z",
                 "goVersion": "go1.20.7", "compiler": "gc", "platform": "linux/amd64"},
    "/api": {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [
        {"clientCIDR": "0.0.0.0/0", "serverAddress": "10.0.0.1:6443"}]},
    "/api/v1/namespaces?limit=20": {"kind": "NamespaceList", "apiVersion": "v1", "metadata": {},
                                    "items": [{"metadata": {"name": "default"}},
                                              {"metadata": {"name": "kube-system"}}]},
    "/api/v1/secrets?limit=1": {"kind": "SecretList", "apiVersion": "v1", "metadata": {},
                                "items": [{"metadata": {"name": "token"}}]},
}

speaking.serve_http(lambda path: ANSWERS.get(path, (404, "404 page not found\n")))
