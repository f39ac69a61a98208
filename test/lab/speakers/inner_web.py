"""A web server behind a translation of addresses that knows only its own, as IIS 6 was: to a
request of HTTP/1.0 without a host it names that in a redirect; and WebDAV (RFC 4918), a folder of
two files. inner_web.py ADDRESS PORT"""
import http.server
import sys

INNER = "192.168.7.9"
LISTING = f"""<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">
<D:response><D:href>http://{INNER}/</D:href></D:response>
<D:response><D:href>http://{INNER}/plan.txt</D:href></D:response>
</D:multistatus>"""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def version_string(self):
        return "Lab/1.0"

    def answer(self, status, body="", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    def do_GET(self):
        if "Host" not in self.headers:
            self.answer(302, Location=f"http://{INNER}/home/")
        elif self.path == "/":
            self.answer(200, "<title>Inner</title>", Content_Type="text/html",
                        Set_Cookie="ASP.NET_SessionId=x1; path=/")
        else:
            self.answer(404)

    do_HEAD = do_GET

    def do_OPTIONS(self):
        self.answer(200, DAV="1, 2", MS_Author_Via="DAV", Public="OPTIONS, GET, HEAD, PROPFIND, PUT",
                    Allow="OPTIONS, GET, HEAD, PROPFIND")

    def do_PROPFIND(self):
        self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 65536))
        self.answer(207, LISTING, Content_Type="text/xml")

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
