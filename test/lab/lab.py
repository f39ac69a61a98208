"""The lab: hosts that are network namespaces, with real servers and no way out.

    scanner --- lan (10.87.1.0/24, fd87:1::/64) --- servers   .10   real servers, one port each at least
                  |                             --- firewall  .20   drops, rejects and resets by port
                  |                             --- six       ::30  IPv6 only
                  |                             --- crowd     .40   answers for all of 10.87.16.0/20
                  |                             --- names     .53   a DNS server of ours (dns.py)
                  |                             (nobody       .99)
                  +-- router .2 --- 10.87.2.0/24, fd87:2::/64 --- inner .10
                                    10.87.2.99 vanishes in the router

What every port of every host is, is known from this file and from the servers'
configuration alone: that is the ground truth the tests compare with. Nothing
outside the namespaces made here is touched; only processes started here are ended.
"""
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import listeners

HERE = pathlib.Path(__file__).resolve().parent
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """The lab cannot be made here; the text says why."""


def run(*argv, timeout=30):
    """A set-up command that must succeed."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL)
    if done.returncode:
        raise LabError(f"{' '.join(argv)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Namespace:
    """One host. Processes started in it are remembered and ended with it."""

    def __init__(self, name):
        self.name = name
        self.started = []
        run("ip", "netns", "add", name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *argv):
        return run("ip", "-n", self.name, *argv)

    def sysctl(self, key, value):
        with self.entered():
            pathlib.Path("/proc/sys/net", key).write_text(str(value))

    @contextlib.contextmanager
    def entered(self):
        """This thread's sockets and /proc/sys/net are the namespace's inside."""
        with open("/proc/self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            if libc.setns(there.fileno(), CLONE_NEWNET):
                raise LabError(f"setns: {os.strerror(ctypes.get_errno())}")
            try:
                yield
            finally:
                libc.setns(home.fileno(), CLONE_NEWNET)

    def popen(self, *argv, **options):
        process = subprocess.Popen(["ip", "netns", "exec", self.name, *map(str, argv)],
                                   start_new_session=True, **options)
        self.started.append(process)
        return process

    def listening(self):
        """{(family, port)} of listening TCP sockets, as the kernel says."""
        found = set()
        with self.entered():
            for family in "46":
                text = pathlib.Path("/proc/thread-self/net/tcp" + family.strip("4")).read_text()
                for line in text.splitlines()[1:]:
                    local, state = line.split()[1], line.split()[3]
                    address, port = local.split(":")
                    if state == "0A" and not (family == "4" and address.endswith("7F")):
                        found.add((int(family), int(port, 16)))
        return found

    def remove(self):
        for process in self.started:
            if process.poll() is None:
                # Its own session: servers that fork go with their parent.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 3
        for process in self.started:
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
        shutil.rmtree(f"/etc/netns/{self.name}", ignore_errors=True)


class Lab:
    SERVERS, FIREWALL, SIX, NAMES = "10.87.1.10", "10.87.1.20", "fd87:1::30", "10.87.1.53"
    SCANNER, NOBODY, ROUTER = "10.87.1.1", "10.87.1.99", "10.87.1.2"
    INNER, VANISHING, CROWD = "10.87.2.10", "10.87.2.99", "10.87.16.0/20"
    SERVERS6, INNER6, CROWD_GATE = "fd87:1::10", "fd87:2::10", "10.87.1.40"

    def __init__(self):
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        self.prefix = f"pt-{os.getpid()}-"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="portolan-lab-"))
        self.folder.chmod(0o755)
        self.spaces = []
        self.truth = {}
        try:
            self.build()
        except BaseException as error:
            self.close()
            # A kernel or container without namespaces is the caller's to skip;
            # a server that does not come up is a failure of the lab itself.
            if isinstance(error, (OSError, subprocess.SubprocessError)):
                raise LabError(str(error)) from error
            raise

    # Links and addresses

    def space(self, name):
        made = Namespace(self.prefix + name)
        self.spaces.append(made)
        return made

    def wire(self, one, one_link, other, other_link):
        run("ip", "link", "add", one_link, "netns", one.name, "type", "veth",
            "peer", "name", other_link, "netns", other.name)
        one.ip("link", "set", one_link, "up")
        other.ip("link", "set", other_link, "up")

    def attach(self, name, *addresses, gateway=None, gateway6=None):
        """A host on the LAN: a veth into the scanner's bridge."""
        host = self.space(name)
        self.wire(self.scanner, "to-" + name, host, "eth0")
        self.scanner.ip("link", "set", "to-" + name, "master", "lan")
        for address in addresses:
            self.address(host, "eth0", address)
        for via, family in ((gateway, "-4"), (gateway6, "-6")):
            if via:
                host.ip(family, "route", "add", "default", "via", via)
        return host

    @staticmethod
    def address(host, link, address):
        # No duplicate address detection: an address must work at once.
        host.ip("addr", "add", address, "dev", link, *(["nodad"] if ":" in address else []))

    def build(self):
        self.scanner = self.space("scanner")
        self.scanner.ip("link", "add", "lan", "type", "bridge")
        self.scanner.ip("link", "set", "lan", "up")
        for address in (self.SCANNER + "/24", "fd87:1::1/64"):
            self.address(self.scanner, "lan", address)
        etc = pathlib.Path("/etc/netns", self.scanner.name)
        etc.mkdir(parents=True)
        (etc / "resolv.conf").write_text(f"nameserver {self.NAMES}\n")
        (etc / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")

        self.build_servers()
        self.build_firewall()
        self.build_six()
        self.build_router()
        self.build_crowd()
        self.build_names()
        self.wait_until_listening()

    def build_servers(self):
        self.servers = self.attach("servers", self.SERVERS + "/24", self.SERVERS6 + "/64",
                                   gateway=self.ROUTER)
        self.listed = []
        for make in listeners.ALL:
            server = make(self.folder)
            self.start(self.servers, server)
            self.listed.append(server)
        ports = {port for server in self.listed for port in server.ports}
        self.truth[self.SERVERS] = {port: "open" for port in ports}
        self.truth[self.SERVERS6] = {port: "open" for server in self.listed
                                     for port in server.ports6}

    def build_firewall(self):
        host = self.firewall = self.attach("firewall", self.FIREWALL + "/24")
        # A rule that refuses must stand before the table of local addresses,
        # and only a forwarding host says so with an ICMP message.
        host.sysctl("ipv4/ip_forward", 1)
        host.sysctl("ipv4/icmp_ratelimit", 0)
        host.ip("rule", "add", "pref", "1000", "lookup", "local")
        host.ip("rule", "del", "pref", "0")
        truth = self.truth[self.FIREWALL] = {}
        for port in (110, 111, 8443):
            host.ip("rule", "add", "pref", "100", "ipproto", "tcp", "sport", str(port), "blackhole")
            truth[port] = "filtered"
        for port, answer in ((143, "prohibit"), (445, "unreachable"), (6000, "prohibit")):
            host.ip("rule", "add", "pref", "100", "iif", "eth0", "ipproto", "tcp",
                    "dport", str(port), answer)
            truth[port] = "filtered"
        # Ports that drop or refuse have a server behind: the rule is what hides it.
        self.start(host, listeners.plain_http(self.folder, "firewall", [22, 80, 110, 143]))
        truth.update({22: "open", 80: "open"})

    def build_six(self):
        self.six = self.attach("six", self.SIX + "/64")
        self.start(self.six, listeners.plain_http(self.folder, "six", [22, 8080, 8888], family=6))
        self.truth[self.SIX] = {22: "open", 8080: "open", 8888: "open"}

    def build_router(self):
        router = self.router = self.attach("router", self.ROUTER + "/24", "fd87:1::2/64")
        router.sysctl("ipv4/ip_forward", 1)
        router.sysctl("ipv6/conf/all/forwarding", 1)
        router.sysctl("ipv4/icmp_ratelimit", 0)
        inner = self.inner = self.space("inner")
        self.wire(router, "inside", inner, "eth0")
        for address in ("10.87.2.1/24", "fd87:2::1/64"):
            self.address(router, "inside", address)
        for address in (self.INNER + "/24", self.INNER6 + "/64"):
            self.address(inner, "eth0", address)
        inner.ip("route", "add", "default", "via", "10.87.2.1")
        inner.ip("-6", "route", "add", "default", "via", "fd87:2::1")
        self.scanner.ip("route", "add", "10.87.2.0/24", "via", self.ROUTER)
        self.scanner.ip("-6", "route", "add", "fd87:2::/64", "via", "fd87:1::2")
        router.ip("route", "add", "blackhole", self.VANISHING)
        for port, answer in ((5432, "blackhole"), (3306, "prohibit"), (1433, "unreachable")):
            router.ip("rule", "add", "iif", "eth0", "ipproto", "tcp", "dport", str(port), answer)
        self.start(inner, listeners.plain_http(self.folder, "inner", [80, 3306, 5432, 8080]))
        self.start(inner, listeners.plain_http(self.folder, "inner6", [80, 8080], family=6))
        self.truth[self.INNER] = {80: "open", 8080: "open", 5432: "filtered", 3306: "filtered",
                                  1433: "filtered"}
        self.truth[self.INNER6] = {80: "open", 8080: "open"}

    def build_crowd(self):
        """4096 addresses, one machine: closed ports everywhere but 8007 and 9007."""
        self.crowd = self.attach("crowd", self.CROWD_GATE + "/24", gateway=self.SCANNER)
        self.crowd.ip("route", "add", "local", self.CROWD, "dev", "lo")
        self.scanner.ip("route", "add", self.CROWD, "via", self.CROWD_GATE)
        self.start(self.crowd, listeners.plain_http(self.folder, "crowd", [8007, 9007]))

    def build_names(self):
        self.names = self.attach("names", self.NAMES + "/24")
        with open(self.folder / "dns.log", "w") as log:
            self.names.popen(sys.executable, HERE / "dns.py", self.NAMES, stdout=log, stderr=log)
        with self.scanner.entered():
            self.poll(self.dns_answers, "the lab's DNS server")

    def dns_answers(self):
        question = (b"\x12\x34\x01\x00\x00\x01\0\0\0\0\0\0" +
                    b"\x03web\x03lab\x04test\0\0\x01\0\x01")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.2)
            try:
                asking.sendto(question, (self.NAMES, 53))
                return asking.recv(512)[:2] == b"\x12\x34"
            except OSError:
                return False

    # Servers

    def start(self, host, server):
        with open(self.folder / (server.name + ".log"), "w") as log:
            server.process = host.popen(*server.argv, stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log, cwd=self.folder)
        server.host = host
        host.expected = getattr(host, "expected", {})
        for port in server.ports:
            host.expected[4, port] = server
        for port in server.ports6:
            host.expected[6, port] = server

    @staticmethod
    def poll(ready, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} is not there after {seconds} s")
            time.sleep(0.05)

    def wait_until_listening(self):
        """Every server listens on what its configuration says, and nothing else does."""
        for host in self.spaces:
            expected = getattr(host, "expected", {})

            def ready():
                missing = set(expected) - host.listening()
                self.late = {f"{expected[one].name} ({one[1]})" for one in missing}
                for one in missing:
                    if expected[one].process.poll() is not None:
                        log = (self.folder / (expected[one].name + ".log")).read_text()
                        raise AssertionError(f"{expected[one].name} ended: {log[-2000:]}")
                return not missing
            try:
                self.poll(ready, "listening")
            except AssertionError as error:
                raise AssertionError(f"{error}: {self.late}") from None
            strangers = host.listening() - set(expected)
            assert not strangers, f"unknown listeners in {host.name}: {strangers}"

    # Scanning

    def environment(self, **more):
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        return {"PATH": os.environ["PATH"], "HOME": str(state), "XDG_STATE_HOME": str(state),
                "LC_ALL": "C", "TZ": "UTC", "TERM": "xterm",
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
                "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1", **more}

    def scan(self, program, *argv, timeout=120, environment=None, prefix=(), **options):
        """Runs a scanner in the scanner's namespace; gives the finished process."""
        return subprocess.run(
            ["ip", "netns", "exec", self.scanner.name, *prefix, str(program), *map(str, argv)],
            stdin=options.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=options.pop("text", True), timeout=timeout,
            env=self.environment(**(environment or {})), cwd=options.pop("cwd", self.folder),
            **options)

    def close(self):
        for space in reversed(self.spaces):
            space.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
