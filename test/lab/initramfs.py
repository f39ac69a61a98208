"""A root for a Linux kernel of Debian's: busybox, the drivers of a virtio network
card, and one script. Nothing of this machine's own root is in it."""
import gzip
import pathlib

# In the order they are loaded; kernels that have one built in have no file of it.
MODULES = ("virtio", "virtio_ring", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
           "virtio_pci", "failover", "net_failover", "virtio_net")

INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for m in {modules}; do $b insmod /modules/$m; done
for l in eth0 vec0; do
	[ -d /proc/sys/net/ipv6/conf/$l ] || continue
	echo 0 > /proc/sys/net/ipv6/conf/$l/accept_dad
	$b ip link set $l up
	for a in {addresses}; do $b ip addr add $a dev $l; done
	$b ip -6 addr add {address6} dev $l
done
$b ip link set lo up
{extra}
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


def build(target, busybox, kernel, addresses, address6, port, extra=""):
    """Writes an initramfs; kernel may be None for one that needs no modules."""
    modules = modules_of(kernel) if kernel else []
    init = INIT.format(modules=" ".join(file.name for file in modules), address6=address6,
                       addresses=" ".join(addresses), port=port, extra=extra)
    entries = [(folder, 0o40755, b"") for folder in ("bin", "proc", "dev", "modules")]
    entries += [(f"modules/{file.name}", 0o100644, file.read_bytes()) for file in modules]
    entries += [("bin/busybox", 0o100755, pathlib.Path(busybox).read_bytes()),
                ("init", 0o100755, init.encode())]
    pathlib.Path(target).write_bytes(gzip.compress(newc(entries), 1))
