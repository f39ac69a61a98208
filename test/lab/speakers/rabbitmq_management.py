"""As RabbitMQ's management plug-in, which wants a login for its API (rabbitmq.com, "Management
Plugin")."""
import speaking


def answer(path):
    if path in ("/", "/index.html"):
        return "<html><head><title>RabbitMQ Management</title></head></html>"
    if path.startswith("/api/"):
        return 401, {"error": "not_authorized", "reason": "Login failed"}
    return 404, {"error": "Object Not Found", "reason": "Not Found"}


speaking.serve_http(answer, "Cowboy", [
    ("WWW-Authenticate", 'Basic realm="RabbitMQ Management"')])
