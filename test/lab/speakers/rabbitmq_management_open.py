"""As RabbitMQ's management API behind a proxy that adds a login for everybody."""
import speaking

ANSWERS = {
    "/api/overview": {
        "management_version": "3.8.9", "rabbitmq_version": "3.8.9", "cluster_name": "rabbit@lab",
        "product_name": "RabbitMQ", "product_version": "3.8.9", "erlang_version": "23.2.6",
        "object_totals": {"channels": 1, "connections": 1, "consumers": 1, "exchanges": 7,
                          "queues": 2},
        "node": "rabbit@lab"},
}

speaking.serve_http(lambda path: ANSWERS.get(path, (404, {"error": "Object Not Found"})), "Cowboy")
