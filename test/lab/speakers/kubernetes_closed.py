"""As a Kubernetes API server whose anonymous users may see the version only."""
import speaking


def answer(path):
    if path == "/version":
        return {"major": "1", "minor": "29", "gitVersion": "v1.29.4", "gitCommit": "55019c83",
                "goVersion": "go1.21.9", "platform": "linux/amd64"}
    return 403, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                 "message": f'forbidden: User "system:anonymous" cannot get path "{path}"',
                 "reason": "Forbidden", "details": {}, "code": 403}


speaking.serve_http(answer)
