"""nghttpd: HTTP/2 without TLS"""
PACKAGES = ["nghttp2-server"]


def start(run):
    port = run.port("tcp", 8080)
    run.write("www/index.html", "<p>lab</p>")
    run.spawn(["/usr/sbin/nghttpd", "--no-tls", "-d", run.folder / "www", port])
    run.serves("tcp", port, service="http2", product=("nghttpd", "nghttp2"),
               version=run.version("nghttp2-server"))
