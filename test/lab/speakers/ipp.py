"""As CUPS with two printers, on IPP (RFC 8010, 8011; cups.org, "IPP"): CUPS-Get-Printers and
Get-Jobs."""
import http.server
import struct

import speaking

GET_JOBS, CUPS_GET_PRINTERS = 0x000a, 0x4002
OPERATION, JOB, END, PRINTER = 1, 2, 3, 4
INTEGER, BOOLEAN, ENUM, TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE = (
    0x21, 0x22, 0x23, 0x41, 0x42, 0x44, 0x45, 0x47, 0x48)
PRINTERS = [
    {"printer-name": (NAME, "laser"), "printer-location": (TEXT, "Room 4"),
     "printer-info": (TEXT, "Laser of room 4"), "printer-make-and-model": (TEXT, "HP LaserJet 4"),
     "printer-state": (ENUM, 3), "printer-state-message": (TEXT, "Ready"), "queued-job-count": (INTEGER, 2),
     "printer-dns-sd-name": (NAME, "Laser @ lab"),
     "printer-uri-supported": (URI, "ipp://lab.test:631/printers/laser")},
    {"printer-name": (NAME, "ink"), "printer-location": (TEXT, ""), "printer-info": (TEXT, "ink"),
     "printer-make-and-model": (TEXT, "Local Raw Printer"), "printer-state": (ENUM, 5),
     "printer-state-message": (TEXT, "Out of paper"), "queued-job-count": (INTEGER, 0)},
]
JOBS = [
    {"job-id": (INTEGER, 7), "job-name": (NAME, "report.pdf"), "job-state": (ENUM, 5),
     "job-originating-user-name": (NAME, "alice"), "job-k-octets": (INTEGER, 120),
     "time-at-creation": (INTEGER, 1700000000), "job-printer-uri": (URI, "ipp://lab.test:631/printers/laser")},
]


def attribute(name, kind, value):
    data = struct.pack(">i", value) if isinstance(value, int) else value.encode()
    return struct.pack(">BH", kind, len(name)) + name.encode() + struct.pack(">H", len(data)) + data


def answer(body):
    version, operation, number = struct.unpack(">HHI", body[:8])
    groups = {CUPS_GET_PRINTERS: (PRINTER, PRINTERS), GET_JOBS: (JOB, JOBS)}
    status = 0 if operation in groups else 0x0501
    out = struct.pack(">HHIB", version, status, number, OPERATION)
    out += attribute("attributes-charset", CHARSET, "utf-8")
    out += attribute("attributes-natural-language", LANGUAGE, "en")
    tag, rows = groups.get(operation, (PRINTER, []))
    for row in rows:
        out += bytes([tag]) + b"".join(attribute(name, *value) for name, value in row.items())
    return out + bytes([END])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "CUPS/2.2 IPP/2.1", ""

    def reply(self, kind, data):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.reply("text/html", b"<title>Home - CUPS 2.2.10</title>")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(min(length, 65536))
        if self.headers.get("Content-Type") == "application/ipp" and len(body) >= 9:
            self.reply("application/ipp", answer(body))
        else:
            self.send_error(400)

    def log_message(self, *words):
        pass


http.server.ThreadingHTTPServer(speaking.place(), Handler).serve_forever()
