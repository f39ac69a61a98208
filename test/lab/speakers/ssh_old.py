"""An SSH server of around 2002, up to its host key: protocols 1 and 2, DSA and RSA keys of 1024
bits, small groups. It cannot sign: whoever checks leaves. ssh_old.py ADDRESS PORT"""
import os
import struct

from speaking import exactly, serve_tcp

LISTS = [
    "diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1", "ssh-rsa,ssh-dss",
    "aes128-cbc,3des-cbc,blowfish-cbc,arcfour", "aes128-cbc,3des-cbc,blowfish-cbc",
    "hmac-md5,hmac-sha1", "hmac-md5,hmac-sha1", "none,zlib", "none,zlib", "", ""]
ODD = bytes([0, 0xc5]) + bytes(range(1, 127)) + b"\1"   # 1024 bits


def text(content):
    return struct.pack(">I", len(content)) + content


KEYS = {b"ssh-rsa": text(b"ssh-rsa") + text(b"\1\0\1") + text(ODD),
        b"ssh-dss": text(b"ssh-dss") + text(ODD) + text(b"\0" + b"\xd1" * 20) + text(ODD[:-1] + b"\3") + text(ODD[:-1] + b"\5")}


def packet(payload):
    padding = 8 - (len(payload) + 5) % 8 + 4
    padding += -(len(payload) + 5 + padding) % 8
    return struct.pack(">IB", len(payload) + 1 + padding, padding) + payload + os.urandom(padding)


def read_packet(stream):
    length, padding = struct.unpack(">IB", exactly(stream, 5))
    return exactly(stream, min(length, 35000) - 1)[:-padding]


def wanted_key(payload):
    """The first of the client's types of keys that there is one of."""
    at = 17
    for _ in range(2):
        length, = struct.unpack_from(">I", payload, at)
        names = payload[at + 4:at + 4 + length].split(b",")
        at += 4 + length
    return next((KEYS[name] for name in names if name in KEYS), None)


def talk(stream, out):
    out.write(b"SSH-1.99-OpenSSH_3.4p1\r\n")
    if not stream.readline(256).startswith(b"SSH-2.0-"):
        return
    out.write(packet(b"\x14" + os.urandom(16) + b"".join(text(one.encode()) for one in LISTS) + bytes(5)))
    key = wanted_key(read_packet(stream))
    asked = read_packet(stream)
    if key and asked[0] == 34:      # a group first
        out.write(packet(b"\x1f" + text(ODD) + text(b"\2")))
        asked = read_packet(stream)
    if key and asked[0] in (30, 32):
        reply = b"\x21" if asked[0] == 32 else b"\x1f"
        out.write(packet(reply + text(key) + text(ODD[:-1] + b"\7") + text(text(b"ssh-rsa") + text(bytes(128)))))
        stream.read(1)


serve_tcp(talk)
