"""As a kubelet that shows its pods to anybody, in plain HTTP (kubernetes.io, "Kubelet API")."""
import speaking

PODS = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [
    {"metadata": {"name": "coredns", "namespace": "kube-system"}, "spec": {}, "status": {}}]}

speaking.serve_http(lambda path: PODS if path == "/pods" else (404, "404 page not found\n"))
