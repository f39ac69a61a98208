"""Real TCP/IP stacks, each behind a namespace made for it.

    scanner (scan0: 10.89.1.1, fd89:1::1) --- target (wire0, or wire0 and tap0 in a bridge)

    with Stack(KINDS["linux-6.1"]) as host:
        host.scan(folder, program, "-O", host.target_address) ...

A stack has an open TCP port (OPEN), and all others are closed; it answers ICMP. The
kinds differ in how they come to be: this kernel under some settings, a kernel of
Debian's in qemu (no KVM asked for), and stacks that are programs. Kernels are packages unpacked below
KERNELS: tools/deps --test puts there what CI needs, tools/make-prints --fetch all the others."""
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import initramfs
from lab import run
from link import Link

UNPACKED = ["linux-image-cloud-amd64", "busybox-static"]
KERNELS = pathlib.Path("/var/lib/portolan-lab")
SOURCES = pathlib.Path(__file__).resolve().parent.parent / "stacks"
OPEN, CLOSED = 22, 23
BOOT_SECONDS = 120

# Kernels that bookworm has beside its own, and where Debian has them.
SERIES = {"5.10": "bullseye", "6.12": "bookworm-backports", "6.18": "trixie-backports",
          "7.3": "trixie-backports"}


class Stack(Link):
    """One running stack. Everything of it is gone after close()."""

    def __init__(self, kind):
        self.kind = kind
        self.address, self.address6 = "10.89.1.10", "fd89:1::10"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="portolan-stack-"))
        self.kept = []
        super().__init__("stack")
        try:
            kind.start(self)
            self.wait_until_open()
        except BaseException:
            self.close()
            raise

    def keep(self, thing):
        """Closed with the stack: sockets, files."""
        self.kept.append(thing)
        return thing

    def bridge(self):
        """A tap whose frames are those of the wire; the namespace itself stays silent."""
        target = self.target
        target.sysctl("ipv6/conf/all/disable_ipv6", 1)
        target.ip("link", "add", "bridge0", "type", "bridge")
        target.ip("tuntap", "add", "tap0", "mode", "tap")
        for link in ("wire0", "tap0"):
            target.ip("link", "set", link, "master", "bridge0")
            target.ip("link", "set", link, "up")
        target.ip("link", "set", "bridge0", "up")

    def run_in_target(self, *argv, **options):
        """A program that is the stack; what it says is in its log."""
        log = self.keep(open(self.folder / "log", "w"))
        self.process = self.target.popen(*argv, stdin=options.pop("stdin", None) or
                                         self.keep(open("/dev/null")), stdout=log, stderr=log,
                                         cwd=self.folder, **options)

    def is_open(self, address):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.scanner.entered(), socket.socket(family) as asking:
            asking.settimeout(0.5)
            return asking.connect_ex((address, OPEN)) == 0

    def wait_until_open(self):
        deadline = time.monotonic() + BOOT_SECONDS
        for address in filter(None, (self.address, self.address6)):
            while not self.is_open(address):
                process = getattr(self, "process", None)
                if time.monotonic() > deadline or (process and process.poll() is not None):
                    log = self.folder / "log"
                    said = log.read_text(errors="replace")[-1500:] if log.exists() else ""
                    raise AssertionError(f"{self.kind.name}: {address} has no open port: {said}")
                time.sleep(0.1)

    def close(self):
        super().close()
        for thing in self.kept:
            with contextlib.suppress(OSError):
                thing.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    family: str       # as the Class lines of data/os call it
    version: str      # what a good guess says of it; "" where nobody can know
    in_ci: bool

    def missing(self):
        """What is not installed here, in words; "" when nothing is."""
        return ""

    def describe(self):
        """What was running, for those who read a measurement later."""
        return self.name


@dataclasses.dataclass(frozen=True)
class ThisKernel(Kind):
    settings: tuple = ()   # (("ipv4/tcp_timestamps", 0), ...)
    mtu: int = 1500

    def describe(self):
        said = [f"{key.split('/')[-1]}={value}" for key, value in self.settings]
        said += [f"an MTU of {self.mtu}"] if self.mtu != 1500 else []
        return f"in a namespace of Linux {os.uname().release}" + " with" * bool(said) + \
            "".join(f" {one}" for one in said)

    def start(self, stack):
        for key, value in self.settings:
            stack.target.sysctl(key, value)
        for space, link in ((stack.target, "wire0"), (stack.scanner, "scan0")):
            space.ip("link", "set", link, "mtu", str(self.mtu))
        stack.give(stack.target, "wire0", stack.address + "/24")
        stack.give(stack.target, "wire0", stack.address6 + "/64")
        with stack.target.entered():
            stack.keep(socket.create_server(("::", OPEN), family=socket.AF_INET6,
                                            dualstack_ipv6=True, backlog=128))


def busybox():
    return KERNELS / "busybox-static/bin/busybox"


def initrd(stack, kernel):
    """The initramfs for a stack, built in its folder."""
    target = stack.folder / "initrd"
    initramfs.build(target, busybox(), kernel, stack.address + "/24", stack.address6 + "/64",
                    OPEN)
    return target


@dataclasses.dataclass(frozen=True)
class Machine(Kind):
    """A kernel package of Debian's in qemu, without KVM: it boots in some seconds."""
    package: str = ""      # a folder of KERNELS
    megabytes: int = 256   # the more, the larger the windows that it scales to

    def kernel(self):
        """(its folder, its image), or None."""
        folder = KERNELS / self.package
        # Newer packages have it beside its modules.
        images = [*folder.glob("boot/vmlinuz-*"), *folder.glob("usr/lib/modules/*/vmlinuz")]
        return (folder, images[0]) if images else None

    def describe(self):
        folder, _ = self.kernel()
        release = next(folder.rglob("lib/modules/*")).name
        return f"in qemu, Linux {release} of Debian with {self.megabytes} MB"

    def missing(self):
        if not self.kernel():
            return f"no kernel in {KERNELS / self.package}"
        if not busybox().exists():
            return str(busybox())
        return "" if shutil.which("qemu-system-x86_64") else "qemu-system-x86_64"

    def start(self, stack):
        stack.bridge()
        folder, image = self.kernel()
        # The card computes nothing for its host: what is on the wire is complete.
        card = "virtio-net-pci,netdev=net,romfile=,csum=off,gso=off,guest_csum=off"
        stack.run_in_target(
            "qemu-system-x86_64", "-accel", "tcg", "-machine", "q35", "-cpu", "max", "-m", str(self.megabytes),
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-serial", "stdio", "-kernel", image, "-initrd", initrd(stack, folder),
            "-append", "console=ttyS0 quiet panic=-1",
            "-netdev", "tap,id=net,ifname=tap0,script=no,downscript=no", "-device", card)


@dataclasses.dataclass(frozen=True)
class Lwip(Kind):
    """lwIP as Debian builds it, in a program of ours (test/stacks/lwip.c)."""

    def missing(self):
        found = subprocess.run(["pkg-config", "--exists", "lwip"], check=False)
        return "liblwip-dev" if found.returncode else ""

    def describe(self):
        return f"lwIP {run('pkg-config', '--modversion', 'lwip').strip()} as Debian builds it"

    def start(self, stack):
        program = stack.folder / "lwip"
        flags = run("pkg-config", "--cflags", "--libs", "lwip").split()
        run("gcc", "-O1", "-o", str(program), str(SOURCES / "lwip.c"), *flags)
        stack.bridge()
        stack.run_in_target(program, OPEN, stack.address, "255.255.255.0", stack.address6,
                            env={"PATH": os.environ["PATH"], "PRECONFIGURED_TAPIF": "tap0"})


@dataclasses.dataclass(frozen=True)
class Slirp(Kind):
    """libslirp: what a guest of qemu or a rootless container meets as its gateway. It
    connects to the namespace's own loopback, and answers in its own words."""

    def missing(self):
        return "" if shutil.which("slirp4netns") else "slirp4netns"

    def describe(self):
        return f"behind {run('slirp4netns', '--version').splitlines()[0]}, libslirp of Debian"

    def start(self, stack):
        stack.address, stack.address6 = "10.89.2.2", "fd00::2"
        with stack.target.entered():
            stack.keep(socket.create_server(("::1", OPEN), family=socket.AF_INET6))
            stack.keep(socket.create_server(("127.0.0.1", OPEN)))
        stack.run_in_target(
            "slirp4netns", "--configure", "--cidr=10.89.2.0/24", "--enable-ipv6",
            "--netns-type=path", f"/run/netns/{stack.scanner.name}", "tap0")


@dataclasses.dataclass(frozen=True)
class Gvisor(Kind):
    """gVisor's netstack: runsc takes the wire of the target and its addresses for its own."""

    def missing(self):
        if not shutil.which("runsc"):
            return "runsc"
        return "" if busybox().exists() else str(busybox())

    def describe(self):
        return f"in gVisor, {run('runsc', '--version').splitlines()[0]}"

    def start(self, stack):
        stack.give(stack.target, "wire0", stack.address + "/24")
        stack.give(stack.target, "wire0", stack.address6 + "/64")
        bundle = stack.folder / "bundle"
        (bundle / "rootfs").mkdir(parents=True)
        shutil.copy(busybox(), bundle / "rootfs/busybox")
        (bundle / "config.json").write_text(json.dumps(self.config(stack)))
        # It takes a namespace with rmem_default for the first one, and newer kernels
        # (6.18 at least) have that everywhere.
        hide = 'mount -t tmpfs none /proc/sys/net/core && exec "$@"'
        stack.run_in_target("sh", "-c", hide, "sh", "runsc", f"--root={stack.folder}/root",
                            "--ignore-cgroups", "--platform=ptrace", "--network=sandbox",
                            "run", "--bundle", bundle, stack.target.name)

    @staticmethod
    def config(stack):
        """A container that is one server, in the words of the OCI's runtime specification."""
        capabilities = dict.fromkeys(("bounding", "effective", "permitted"),
                                     ["CAP_NET_BIND_SERVICE"])
        return {
            "ociVersion": "1.0.0",
            "process": {"args": ["/busybox", "nc", "-ll", "-p", str(OPEN), "-e", "/busybox", "true"],
                        "cwd": "/", "env": [], "user": {"uid": 0, "gid": 0},
                        "capabilities": capabilities},
            "root": {"path": "rootfs", "readonly": True},
            "mounts": [],
            "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"},
                                     {"type": "network",
                                      "path": f"/run/netns/{stack.target.name}"}]},
        }


def this_kernel(name, *settings, version="6.18", **more):
    return ThisKernel("this-" + name if name else "this", "Linux", version, True,
                      settings=settings, **more)


ALL = [
    this_kernel(""),
    this_kernel("no-timestamps", ("ipv4/tcp_timestamps", 0)),
    this_kernel("plain-timestamps", ("ipv4/tcp_timestamps", 2)),
    this_kernel("no-sack", ("ipv4/tcp_sack", 0)),
    this_kernel("no-scaling", ("ipv4/tcp_window_scaling", 0)),
    this_kernel("ttl-128", ("ipv4/ip_default_ttl", 128), ("ipv6/conf/wire0/hop_limit", 128)),
    this_kernel("ecn", ("ipv4/tcp_ecn", 1)),
    this_kernel("small-buffers", ("ipv4/tcp_rmem", "4096 16384 65536")),
    this_kernel("large-buffers", ("ipv4/tcp_rmem", "4096 1048576 67108864")),
    this_kernel("mtu-1400", mtu=1400),
    this_kernel("mtu-9000", mtu=9000),
    Lwip("lwip", "lwIP", "", True),
    Slirp("libslirp", "libslirp", "", True),
    Gvisor("gvisor", "gVisor", "", False),
    Machine("linux-6.1", "Linux", "6.1", True, package="linux-image-cloud-amd64"),
    Machine("linux-6.1-1g", "Linux", "6.1", False, package="linux-image-cloud-amd64", megabytes=1024),
    *(Machine(f"linux-{series}", "Linux", series, False, package=f"linux-{series}")
      for series in SERIES),
    *(Machine(f"linux-{series}-2g", "Linux", series, False, package=f"linux-{series}",
              megabytes=2048) for series in SERIES),
]
KINDS = {kind.name: kind for kind in ALL}
