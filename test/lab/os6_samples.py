"""Takes samples of how stacks that run here answer the probes of IPv6 OS detection, for
training (tools/train-os6):

    sudo /usr/bin/python3 test/lab/os6_samples.py FOLDER [BEGINNING OF A NAME ...]

Every host is a network namespace (or a program behind a tap in one) without a way out. Each
sample is a print with its provenance: which stack, which version, how it was set, over
which path, taken with which scanner ($PORTOLAN, else Nmap 7.93, which prints the same)."""
import argparse
import contextlib
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import stacks  # noqa: E402
from lab import Namespace, run  # noqa: E402

OPEN, CLOSED = 8080, 81
PORTS = {"both": (OPEN, CLOSED), "no-closed": (OPEN,), "no-open": (CLOSED,)}
LISTEN = """
import socket, sys, time
made = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
made.bind(("::", int(sys.argv[1])))
made.listen(16)
print("ready", flush=True)
time.sleep(600)
"""


def scanner():
    return os.environ.get("PORTOLAN", "/usr/bin/nmap")


def package(name):
    return name + " " + subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name],
                                       capture_output=True, text=True).stdout


def unwrapped(text):
    """The print in a scanner's output, without its line breaks; None: there is none."""
    lines = [line[3:] for line in text.splitlines() if line.startswith("OS:")]
    whole = "".join(lines)
    return re.sub(r"\)(?=[A-Z][A-Z0-9]*\()", ")\n", whole) if "SCAN(" in whole else None


def scan(space, target, ports):
    argv = [scanner(), "-6", "-n", "-Pn", "-O", "-p", ",".join(map(str, ports)), "-vv", "-d", target]
    done = subprocess.run(["ip", "netns", "exec", space.name, *argv], capture_output=True,
                          text=True, timeout=300, stdin=subprocess.DEVNULL)
    return unwrapped(done.stdout)


class Pair:
    """scanner --- [router ---] target, made anew for each variant: nothing is remembered."""

    def __init__(self, name, router=False, mtu=1500):
        prefix = f"os6-{os.getpid()}-{name}-"
        self.spaces = []
        self.scanner, self.target = self.space(prefix + "s"), self.space(prefix + "t")
        self.address = "fd66:2::2" if router else "fd66:1::2"
        if router:
            self.router = self.space(prefix + "r")
            self.join(self.scanner, "fd66:1::1", self.router, "fd66:1::fe", mtu)
            self.join(self.router, "fd66:2::fe", self.target, "fd66:2::2", mtu)
            self.router.sysctl("ipv6/conf/all/forwarding", 1)
            self.scanner.ip("-6", "route", "add", "default", "via", "fd66:1::fe")
            self.target.ip("-6", "route", "add", "default", "via", "fd66:2::fe")
        else:
            self.join(self.scanner, "fd66:1::1", self.target, "fd66:1::2", mtu)

    def space(self, name):
        made = Namespace(name)
        self.spaces.append(made)
        return made

    def join(self, left, left_address, right, right_address, mtu):
        names = f"l{len(self.spaces)}{left_address[5]}", f"r{len(self.spaces)}{left_address[5]}"
        run("ip", "link", "add", names[0], "netns", left.name, "type", "veth",
            "peer", "name", names[1], "netns", right.name)
        for space, link, address in ((left, names[0], left_address),
                                     (right, names[1], right_address)):
            space.ip("link", "set", link, "mtu", str(mtu), "up")
            space.ip("addr", "add", address + "/64", "dev", link, "nodad")
        self.link = names[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for space in reversed(self.spaces):
            with contextlib.suppress(OSError):
                space.remove()


def listen(space, port=OPEN):
    process = space.popen("/usr/bin/python3", "-c", LISTEN, str(port), stdout=subprocess.PIPE,
                          text=True)
    assert process.stdout.readline() == "ready\n"


# Linux, this kernel: (name, sysctls of the target, further settings)
KERNEL = platform.release().split("-")[0]
LINUX = [
    ("default", {}, {}),
    ("router", {}, {"router": True}),
    ("mtu-1280", {}, {"mtu": 1280}),
    ("mtu-1400", {}, {"mtu": 1400}),
    ("mtu-1492", {}, {"mtu": 1492}),
    ("mtu-9000", {}, {"mtu": 9000}),
    ("no-timestamps", {"ipv4/tcp_timestamps": 0}, {}),
    ("plain-timestamps", {"ipv4/tcp_timestamps": 2}, {}),
    ("no-sack", {"ipv4/tcp_sack": 0}, {}),
    ("no-scaling", {"ipv4/tcp_window_scaling": 0}, {}),
    ("no-ecn", {"ipv4/tcp_ecn": 0}, {}),
    ("ecn", {"ipv4/tcp_ecn": 1}, {}),
    ("no-options", {"ipv4/tcp_timestamps": 0, "ipv4/tcp_sack": 0,
                    "ipv4/tcp_window_scaling": 0}, {}),
    ("rmem-small", {"ipv4/tcp_rmem": "4096 16384 131072"}, {}),
    ("rmem-large", {"ipv4/tcp_rmem": "4096 131072 33554432"}, {}),
    ("rmem-larger", {"ipv4/tcp_rmem": "8192 262144 67108864"}, {}),
    ("hop-limit-128", {"ipv6/conf/all/hop_limit": 128, "ipv6/conf/default/hop_limit": 128},
     {"hop_limit": 128}),
    ("hop-limit-255", {}, {"hop_limit": 255}),
    ("flow-labels-off", {"ipv6/auto_flowlabels": 0}, {}),
    ("no-echo", {"ipv6/icmp/echo_ignore_all": 1}, {}),
    ("forwarding", {"ipv6/conf/all/forwarding": 1}, {}),
    ("no-open", {}, {"open": False}),
    ("no-closed", {}, {"closed": False}),
    ("no-ports", {}, {"open": False, "closed": False}),
    ("icmp-quick", {"ipv6/icmp/ratelimit": 0}, {}),
    ("advmss-1220", {}, {"advmss": 1220}),
    ("initrwnd-20", {}, {"initrwnd": 20}),
    ("router-mtu-1400", {}, {"router": True, "mtu": 1400}),
    ("router-no-timestamps", {"ipv4/tcp_timestamps": 0}, {"router": True}),
    ("router-no-closed", {}, {"router": True, "closed": False}),
    ("router-no-open", {}, {"router": True, "open": False}),
    ("no-timestamps-mtu-1400", {"ipv4/tcp_timestamps": 0}, {"mtu": 1400}),
    ("no-timestamps-mtu-9000", {"ipv4/tcp_timestamps": 0}, {"mtu": 9000}),
    ("no-timestamps-no-closed", {"ipv4/tcp_timestamps": 0}, {"closed": False}),
    ("no-sack-mtu-1400", {"ipv4/tcp_sack": 0}, {"mtu": 1400}),
    ("no-sack-no-timestamps", {"ipv4/tcp_sack": 0, "ipv4/tcp_timestamps": 0}, {}),
    ("no-scaling-mtu-1400", {"ipv4/tcp_window_scaling": 0}, {"mtu": 1400}),
    ("rmem-small-mtu-1400", {"ipv4/tcp_rmem": "4096 16384 131072"}, {"mtu": 1400}),
    ("rmem-small-router", {"ipv4/tcp_rmem": "4096 16384 131072"}, {"router": True}),
    ("rmem-large-router", {"ipv4/tcp_rmem": "4096 131072 33554432"}, {"router": True}),
    ("no-echo-router", {"ipv6/icmp/echo_ignore_all": 1}, {"router": True}),
    ("no-echo-mtu-1400", {"ipv6/icmp/echo_ignore_all": 1}, {"mtu": 1400}),
    ("hop-limit-255-router", {}, {"hop_limit": 255, "router": True}),
    ("hop-limit-255-mtu-1400", {}, {"hop_limit": 255, "mtu": 1400}),
    ("hop-limit-128-mtu-1400", {}, {"hop_limit": 128, "mtu": 1400}),
    # As behind the packet filters that servers have.
    ("silent-icmp", {}, {"icmp": False}),
    ("silent-icmp-no-closed", {}, {"icmp": False, "closed": False}),
    ("silent-icmp-router", {}, {"icmp": False, "router": True}),
    ("silent-icmp-router-no-closed", {}, {"icmp": False, "router": True, "closed": False}),
    ("silent-icmp-mtu-1400", {}, {"icmp": False, "mtu": 1400}),
    ("silent-icmp-no-timestamps", {"ipv4/tcp_timestamps": 0}, {"icmp": False}),
    ("silent-icmp-router-rmem-large", {"ipv4/tcp_rmem": "4096 131072 33554432"},
     {"icmp": False, "router": True}),
    ("silent-udp", {}, {"udp": False}),
    ("silent-udp-no-closed", {}, {"udp": False, "closed": False}),
    ("silent-udp-router", {}, {"udp": False, "router": True}),
    ("silent-udp-router-no-closed", {}, {"udp": False, "router": True, "closed": False}),
    ("silent-udp-mtu-1400", {}, {"udp": False, "mtu": 1400}),
    ("silent-udp-no-timestamps", {"ipv4/tcp_timestamps": 0}, {"udp": False}),
    ("silent-udp-router-rmem-large", {"ipv4/tcp_rmem": "4096 131072 33554432"},
     {"udp": False, "router": True}),
    ("own-machine", {}, {"own": True}),
    ("own-machine-no-open", {}, {"own": True, "open": False}),
    ("own-machine-no-timestamps", {"ipv4/tcp_timestamps": 0}, {"own": True}),
    ("own-machine-no-closed", {}, {"own": True, "closed": False}),
    ("own-machine-rmem-large", {"ipv4/tcp_rmem": "4096 131072 33554432"}, {"own": True}),
]


def drop(space, port):
    """What answers from the port does not leave."""
    space.ip("-6", "rule", "add", "pref", "100", "ipproto", "tcp", "sport", str(port), "blackhole")


def set_linux(pair, sysctls, more):
    for key, value in sysctls.items():
        pair.target.sysctl(key, value)
    if "hop_limit" in more:
        pair.target.sysctl(f"ipv6/conf/{pair.link}/hop_limit", more["hop_limit"])
    for key in ("advmss", "initrwnd"):
        if key in more:
            pair.target.ip("-6", "route", "replace", "fd66:1::/64", "dev", pair.link, key,
                           str(more[key]))
    if more.get("open", True):
        listen(pair.target)
    if not more.get("icmp", True):  # but for neighbour discovery, which has no rules
        pair.target.ip("-6", "rule", "add", "pref", "99", "ipproto", "ipv6-icmp", "blackhole")
    if not more.get("udp", True):  # before it is found that they are for this host
        pair.target.ip("-6", "rule", "add", "pref", "200", "lookup", "local")
        pair.target.ip("-6", "rule", "del", "pref", "0")
        pair.target.ip("-6", "rule", "add", "pref", "98", "iif", pair.link, "ipproto", "udp",
                       "blackhole")
    if not more.get("closed", True):
        drop(pair.target, CLOSED)


def linux_samples(wanted):
    for number, (name, sysctls, more) in enumerate(LINUX):
        if not wanted(f"linux-{name}"):
            continue
        with Pair(str(number), more.get("router", False), more.get("mtu", 1500)) as pair:
            set_linux(pair, sysctls, more)
            own = more.get("own", False)
            found = scan(pair.target if own else pair.scanner,
                         "::1" if own else pair.address, (OPEN, CLOSED))
            told = ", ".join(f"{key}={value}" for key, value in {**sysctls, **more}.items())
            yield (f"linux-{KERNEL}-{name}", "linux", f"Linux {KERNEL}", told or "as it comes",
                   "own machine" if own else "router" if more.get("router") else "neighbour", found)


# libslirp as slirp4netns runs it: the gateway fd00::2 of the namespace behind its tap. It opens
# connections in the namespace it was started in, which is one of ours without a way out.

SLIRP = [("default", []), ("mtu-1280", ["--mtu=1280"]), ("mtu-1400", ["--mtu=1400"]),
         ("mtu-9000", ["--mtu=9000"]), ("mtu-65520", ["--mtu=65520"])]


def slirp_version():
    text = subprocess.run(["slirp4netns", "--version"], capture_output=True, text=True).stdout
    return re.search(r"libslirp: (\S+)", text).group(1)


def slirp_samples(wanted):
    for number, (name, options) in enumerate(SLIRP):
        for ports in ("both", "no-closed", "no-open"):
            full = f"slirp-{name}" + ("" if ports == "both" else "-" + ports)
            if not wanted(full):
                continue
            with Pair(f"p{number}{ports[-1]}") as pair:
                listen(pair.target)
                listen_pid = pair.scanner.popen("sleep", "600").pid
                time.sleep(0.3)
                pair.target.popen("slirp4netns", "--configure", "--enable-ipv6", *options,
                                  "--netns-type=path",
                                  f"/proc/{listen_pid}/ns/net", "tap0",
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(3)
                found = scan(pair.scanner, "fd00::2", PORTS[ports])
                yield (full, "slirp", f"libslirp {slirp_version()}", " ".join(options + [ports]),
                       "neighbour", found)


# pasta (of passt): the gateway of a namespace is translated to the loopback of the one it was
# started in.

PASTA = [("default", []), ("mtu-1280", ["--mtu", "1280"]), ("mtu-1500", ["--mtu", "1500"]),
         ("mtu-9000", ["--mtu", "9000"])]


def pasta_samples(wanted):
    for number, (name, options) in enumerate(PASTA):
        for ports in ("both", "no-closed", "no-open"):
            full = f"pasta-{name}" + ("" if ports == "both" else "-" + ports)
            if not wanted(full):
                continue
            with Pair(f"a{number}{ports[-1]}") as pair:
                inner = pair.space(f"os6-{os.getpid()}-a{number}{ports[-1]}-i")
                pair.scanner.ip("-6", "route", "add", "default", "via", pair.address)
                listen(pair.scanner)
                pair.scanner.popen("pasta", "-f", "--runas", "0", "--netns-only", "-6",
                                   "--config-net", "--netns", f"/run/netns/{inner.name}",
                                   *options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(2)
                found = scan(inner, pair.address, PORTS[ports])
                yield full, "pasta", package("passt"), " ".join(options + [ports]), \
                    "neighbour", found


# What test/lab/stacks.py can run besides this kernel: other kernels in qemu, lwIP.

VERSIONS = {"lwip": lambda: package("liblwip0"), "libslirp": lambda: f"libslirp {slirp_version()}"}
STACKS = {"libslirp": "slirp"}  # rows of classes.txt, where the family does not tell


def samples_of(name, kind):
    with stacks.Stack(kind) as host:
        for ports, numbers in (("", (stacks.OPEN, stacks.CLOSED)), ("no-closed", (stacks.OPEN,)),
                               ("no-open", (stacks.CLOSED,))):
            found = scan(host.scanner, host.address6, numbers)
            yield (name + (ports and "-" + ports), STACKS.get(kind.name, kind.family.lower()),
                   VERSIONS.get(kind.name, lambda: f"{kind.family} {kind.version}")(),
                   ports.strip("-") or "as it comes", "neighbour", found)


def stack_samples(wanted):
    for name, kind in stacks.KINDS.items():
        # This kernel has more variants above.
        if not wanted(name) or isinstance(kind, stacks.ThisKernel) or kind.missing():
            continue
        try:
            yield from samples_of(name, kind)
        except AssertionError as error:  # it did not start: the others may
            print(name, "DID NOT START:", str(error)[:200])


KINDS = {"linux": linux_samples, "slirp": slirp_samples, "pasta": pasta_samples,
         "stack": stack_samples}


def write(folder, name, stack, version, variant, path, found):
    today = datetime.date.today().isoformat()
    head = (f"# stack: {stack}\n# version: {version}\n# variant: {variant}\n# path: {path}\n"
            f"# taken: {today} with {pathlib.Path(scanner()).name} -6 -O, in network namespaces\n")
    (folder / f"{name}.txt").write_text(head + found.rstrip() + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()

    def wanted(name):
        return not asked.names or any(name.startswith(part) for part in asked.names)

    for samples in KINDS.values():
        for name, *rest in samples(wanted):
            if rest[-1]:
                write(asked.folder, name, *rest)
            print(name, "print" if rest[-1] else "NO PRINT", flush=True)


if __name__ == "__main__":
    main()
