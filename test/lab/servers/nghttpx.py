"""nghttpx: http, HTTP/1 and HTTP/2, a gateway"""
PACKAGES = ["nghttp2-proxy"]


def start(run):
    port = run.port("tcp", 3000)
    run.spawn(["/usr/sbin/nghttpx", "--conf=/dev/null", f"--frontend=*,{port};no-tls",
               "--backend=127.0.0.1,9",
               "--errorlog-file=/dev/stderr"])
    run.serves("tcp", port, service="http", product="nghttpx", hidden=run.version("nghttp2-proxy"))
