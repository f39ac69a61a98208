"""A root for a Linux kernel of Debian's: busybox, the drivers of a virtio network
card, and one script. Nothing of this machine's own root is in it."""
import gzip
import lzma
import pathlib
import re

DRIVERS = ("virtio_pci", "virtio_net")

INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for m in {modules}; do $b insmod /modules/$m; done
echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad
$b ip link set eth0 up
$b ip addr add {address} dev eth0
$b ip -6 addr add {address6} dev eth0
$b ip link set lo up
while :; do $b nc -ll -p {port} -e $b true; done
"""


def newc(entries):
    """An archive in cpio's "newc" form of (name, mode, body)."""
    data = bytearray()
    for number, (name, mode, body) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
        path = name.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(path), 0)
        data += b"070701" + b"".join(b"%08X" % field for field in fields) + path
        data += bytes(-len(data) % 4) + body
        data += bytes(-len(data) % 4)
    return bytes(data)


def plain(module):
    """Its bytes without compression: what busybox loads."""
    body = module.read_bytes()
    return lzma.decompress(body) if module.suffix == ".xz" else body


def modules_of(kernel):
    """{name: bytes} of the drivers below a folder and of what they depend on, in the order
    they are loaded. What a kernel has built in has no file, and need not be loaded."""
    files = {file.name.partition(".")[0].replace("-", "_"): file
             for file in pathlib.Path(kernel).rglob("*.ko*")}
    ordered = {}

    def add(name):
        if name in ordered or name not in files:
            return
        body = plain(files[name])
        for needed in re.search(rb"\0depends=([^\0]*)\0", body)[1].decode().split(","):
            add(needed.replace("-", "_"))
        ordered[name] = body

    for driver in DRIVERS:
        add(driver)
    return ordered


def build(target, busybox, kernel, address, address6, port):
    """Writes an initramfs whose host has that TCP port open."""
    modules = modules_of(kernel)
    init = INIT.format(modules=" ".join(modules), address=address, address6=address6, port=port)
    entries = [(folder, 0o40755, b"") for folder in ("bin", "proc", "dev", "modules")]
    entries += [(f"modules/{name}", 0o100644, body) for name, body in modules.items()]
    entries += [("bin/busybox", 0o100755, pathlib.Path(busybox).read_bytes()),
                ("init", 0o100755, init.encode())]
    pathlib.Path(target).write_bytes(gzip.compress(newc(entries), 1))
