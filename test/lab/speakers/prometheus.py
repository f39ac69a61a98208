"""As Prometheus (prometheus.io, "HTTP API")."""
import speaking


def good(data):
    return {"status": "success", "data": data}


ANSWERS = {
    "/api/v1/status/buildinfo": good({
        "version": "2.42.0", "revision": "225c61122d88b01d1f0eaaee0e05b6f3e0567ac0",
        "branch": "HEAD", "buildUser": "team@lab", "buildDate": "20230223-09:20:53",
        "goVersion": "go1.19.8"}),
    "/api/v1/targets?state=active": good({"activeTargets": [
        {"labels": {"job": "node", "instance": "10.0.0.7:9100"}, "health": "up",
         "scrapeUrl": "http://10.0.0.7:9100/metrics"},
        {"labels": {"job": "node", "instance": "10.0.0.8:9100"}, "health": "down",
         "scrapeUrl": "http://10.0.0.8:9100/metrics"}]}),
}

speaking.serve_http(lambda path: ANSWERS.get(path, (404, "404 page not found\n")))
