"""Caddy: http, https, and HTTP/3 over QUIC"""
PACKAGES = ["caddy"]


def start(run):
    plain, tls = run.port("tcp", 80), run.port("tcp", 443)
    certificate, key = run.certificate()
    conf = run.write("Caddyfile", f"""
{{
    admin off
    auto_https off
    http_port {plain}
    https_port {tls}
}}
http://:{plain} {{
    respond "lab"
}}
https://:{tls} {{
    tls {certificate} {key}
    respond "lab"
}}
""")
    run.spawn(["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", conf])
    for port in (plain, tls):
        run.serves("tcp", port, service="http", product=("Caddy httpd", "Caddy"),
                   hidden=run.version("caddy"), tls=port == tls)
    run.serves("udp", tls, service="quic", hidden=run.version("caddy"))
