"""A gateway that accepts IKE's first proposal and tells who it is. ike.py ADDRESS PORT"""
import os
import socketserver
import struct
import sys

VENDORS = ("882fe56d6fd20dbc2251613b2ebe5beb", "09002689dfd6b712", "afcad71368a1f1c96b8696fc77570100")


def payload(following, data):
    return struct.pack(">BBH", following, 0, len(data) + 4) + data


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        if len(data) < 60 or data[16] != 1 or data[18] != 2:
            return
        offered = data[32:]                 # the security association as it came
        vendors = [bytes.fromhex(vendor) for vendor in VENDORS]
        body = payload(13, offered) + b"".join(
            payload(13 if number + 1 < len(vendors) else 0, vendor) for number, vendor in enumerate(vendors))
        head = data[:8] + os.urandom(8) + struct.pack(">BBBBII", 1, 0x10, 2, 0, 0, 28 + len(body))
        sock.sendto(head + body, self.client_address)


if __name__ == "__main__":
    socketserver.ThreadingUDPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
