"""A root for a Linux kernel of Debian's: busybox, the drivers of a virtio network
card, and one script. Nothing of this machine's own root is in it."""
import gzip
import lzma
import pathlib

# In the order they are loaded; kernels that have one built in have no file of it.
MODULES = ("virtio", "virtio_ring", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
           "virtio_pci", "failover", "net_failover", "virtio_net")

INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for m in {modules}; do $b insmod /modules/$m; done
echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad
$b ip link set eth0 up
for a in {addresses}; do $b ip addr add $a dev eth0; done
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


def modules_of(kernel):
    """The drivers' files below a folder, in the order they are loaded."""
    found = {file.name.partition(".")[0].replace("-", "_"): file
             for file in pathlib.Path(kernel).rglob("*.ko*")}
    return [found[name] for name in MODULES if name in found]


def plain(module):
    """Its bytes without compression: what busybox loads."""
    body = module.read_bytes()
    return lzma.decompress(body) if module.suffix == ".xz" else body


def build(target, busybox, kernel, addresses, address6, port):
    """Writes an initramfs; kernel may be None for one that needs no modules."""
    modules = modules_of(kernel) if kernel else []
    init = INIT.format(modules=" ".join(file.name.removesuffix(".xz") for file in modules),
                       addresses=" ".join(addresses), address6=address6, port=port)
    entries = [(folder, 0o40755, b"") for folder in ("bin", "proc", "dev", "modules")]
    entries += [("modules/" + file.name.removesuffix(".xz"), 0o100644, plain(file))
                for file in modules]
    entries += [("bin/busybox", 0o100755, pathlib.Path(busybox).read_bytes()),
                ("init", 0o100755, init.encode())]
    pathlib.Path(target).write_bytes(gzip.compress(newc(entries), 1))
