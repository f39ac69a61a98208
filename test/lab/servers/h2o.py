"""H2O: http and https"""
PACKAGES = ["h2o"]


def start(run):
    plain, tls = run.port("tcp", 80), run.port("tcp", 443)
    certificate, key = run.certificate(user="nobody")
    run.write("www/index.html", "<p>lab</p>")
    conf = run.write("h2o.conf", f"""
user: nobody
hosts:
  default:
    listen:
      port: {plain}
      host: 0.0.0.0
    listen:
      port: {tls}
      host: 0.0.0.0
      ssl:
        certificate-file: {certificate}
        key-file: {key}
    paths:
      /:
        file.dir: {run.folder}/www
""")
    run.spawn(["/usr/bin/h2o", "-m", "worker", "-c", conf])
    for port in (plain, tls):
        run.serves("tcp", port, service="http", product=("H2O httpd", "H2O"),
                   version=run.version("h2o"),
                   tls=port == tls)
