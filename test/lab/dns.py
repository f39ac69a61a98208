"""dns.py ADDRESS [PORT]: the lab's DNS server. A, AAAA and PTR from the table
below; some names are hostile on purpose, one never answers. Each question is
printed, one a line, for tests that count them."""
import ipaddress
import socket
import struct
import sys

A, PTR, AAAA = 1, 12, 28

# name -> addresses
FORWARD = {
    "web.lab.test": ["10.87.1.10", "fd87:1::10"],
    "firewall.lab.test": ["10.87.1.20"],
    "six.lab.test": ["fd87:1::30"],
    "many.lab.test": ["10.87.1.10", "10.87.1.20", "10.87.2.10"],
    "alias.lab.test": ["10.87.1.20"],
}
# address -> the labels of its name, as bytes: what a PTR record may hold
REVERSE = {
    "10.87.1.10": [b"web", b"lab", b"test"],
    "10.87.1.20": [b"firewall", b"lab", b"test"],
    "fd87:1::30": [b"six", b"lab", b"test"],
    "10.87.2.10": [b"inner", b"lab", b"test"],
    # Escape sequences, a new line, markup, bidirectional marks, bytes that are no text.
    "10.87.16.1": [b"\x1b[31mred\x1b[0m", b"test"],
    "10.87.16.2": [b"two\nlines\r\x07", b"test"],
    "10.87.16.3": [b"<b a='\"'>&amp;", b"]]>", b"test"],
    "10.87.16.4": ["\u202egnp.exe\u2066".encode(), b"test"],
    "10.87.16.5": [b"\xff\xfe\x80\x9b31m", b"test"],
    "10.87.16.6": [b"tab\there", b"()/,\\", b"test"],
    "10.87.16.7": [b"x" * 63, b"y" * 63, b"z" * 63, b"w" * 50],
}
SILENT = "10.87.16.8"


def reversed_name(address):
    return ipaddress.ip_address(address).reverse_pointer.lower()


POINTERS = {reversed_name(address): labels for address, labels in REVERSE.items()}


def question_of(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]])
        at += 1 + packet[at]
    kind = struct.unpack_from(">H", packet, at + 1)[0]
    return b".".join(labels).decode("latin-1").lower(), kind, packet[12:at + 5]


def answers_for(name, kind):
    if kind == PTR and name in POINTERS:
        labels = b"".join(bytes([len(label)]) + label for label in POINTERS[name])
        return [labels + b"\0"]
    if kind in (A, AAAA):
        wanted = 4 if kind == A else 6
        return [ipaddress.ip_address(text).packed for text in FORWARD.get(name, [])
                if ipaddress.ip_address(text).version == wanted]
    return []


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 53))
    while True:
        packet, sender = sock.recvfrom(4096)
        try:
            name, kind, question = question_of(packet)
        except (IndexError, struct.error):
            continue
        print(name, kind, flush=True)
        if name == reversed_name(SILENT):
            continue
        records = answers_for(name, kind)
        known = records or name in POINTERS or name in FORWARD
        flags = 0x8580 if known else 0x8583  # NXDOMAIN
        reply = packet[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + question
        for record in records:
            reply += struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(record)) + record
        sock.sendto(reply, sender)


main()
