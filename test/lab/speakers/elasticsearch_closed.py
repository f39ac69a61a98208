"""As Elasticsearch 8 with its security on."""
import speaking

speaking.serve_http(lambda path: (401, {
    "error": {"type": "security_exception", "reason": "missing authentication credentials for REST "
              f"request [{path}]"}, "status": 401}),
    headers=[("WWW-Authenticate", 'Basic realm="security" charset="UTF-8"'),
             ("WWW-Authenticate", "ApiKey"), ("X-elastic-product", "Elasticsearch")])
