"""The lab of services: every module of servers/ in namespaces of its own.

    scanner 10.91.0.1/16 --- lan (a bridge) --- 10.91.1.N    server N on its standard port,
                                            |                and behind stunnel on another
                                            --- 10.91.2.N    server N on an odd port

Nothing leads out of it. What listens where is what the modules declare:
ServiceLab.truth. All ends with the namespaces, daemons too.

By hand:  sudo /usr/bin/python3 test/lab/services.py NAME [--odd] [--port P] [--udp]
              [--tls] [--send 'GET / HTTP/1.0\\r\\n\\r\\n'] [--save FILE] [--hold]
starts one server alone, shows what it serves, what its ports say (after --send, if
given) and its log, and ends it.
"""
import argparse
import concurrent.futures
import contextlib
import dataclasses
import itertools
import os
import pathlib
import shutil
import signal
import socket
import ssl
import string
import subprocess
import sys
import tempfile
import threading
import time

import servers
import truth
from lab import LabError, Namespace, run as command

SCANNER = "10.91.0.1"
FIRST_TUNNEL_PORT = 24211


class Network:
    """The bridge, and hosts on it."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.spaces = []
        self.lock = threading.Lock()
        self.scanner = self.space("scanner")
        self.scanner.ip("link", "add", "lan", "type", "bridge")
        self.scanner.ip("link", "set", "lan", "up")
        self.scanner.ip("addr", "add", SCANNER + "/16", "dev", "lan")

    def space(self, name):
        made = Namespace(self.prefix + name)
        with self.lock:
            self.spaces.append(made)
        return made

    def host(self, name, address):
        """A namespace with that address, which also knows itself as lab.test."""
        host = self.space(name)
        etc = pathlib.Path("/etc/netns", host.name)
        etc.mkdir(parents=True)
        (etc / "hosts").write_text(f"127.0.0.1 localhost\n{address} lab.test lab\n")
        # Nobody answers there, and says so at once.
        (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        link = "h" + address.split(".", 2)[2].replace(".", "-")
        command("ip", "link", "add", link, "netns", self.scanner.name, "type", "veth",
                "peer", "name", "eth0", "netns", host.name)
        self.scanner.ip("link", "set", link, "master", "lan")
        self.scanner.ip("link", "set", link, "up")
        host.ip("link", "set", "eth0", "up")
        host.ip("addr", "add", address + "/16", "dev", "eth0")
        # A closed UDP port says so each time: what is tested here is not that.
        host.sysctl("ipv4/icmp_ratelimit", 0)
        return host

    def close(self):
        kill_all(self.spaces)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(Namespace.remove, reversed(self.spaces)))


def kill_all(spaces):
    """Ends whatever runs in these namespaces, daemons included. Nothing of theirs is to be
    kept, so nobody is asked."""
    ours = {os.stat(f"/run/netns/{space.name}").st_ino for space in spaces}
    for _ in range(50):     # what is ended may start something on its way
        found = [int(process.name) for process in pathlib.Path("/proc").iterdir()
                 if process.name.isdigit() and network_of(process) in ours]
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return
        time.sleep(0.05)


def network_of(process):
    """The inode of a process's network namespace; None of one that has ended."""
    try:
        return os.stat(process / "ns/net").st_ino
    except OSError:
        return None


class ServiceLab:
    """All of it, started. What did not start is in `failed`, what cannot in `skipped`."""
    labs = map("".join, itertools.product(string.ascii_lowercase, repeat=2))

    def __init__(self, names=None, variants=("standard", "odd", "stunnel"), jobs=None):
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptl-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.truth, self.failed, self.skipped, self.seconds = [], {}, {}, {}
        self.variants = variants
        self.network = None
        try:
            self.network = Network(f"pts-{os.getpid()}{next(self.labs)}-")
            servers.certificate()
            self.start(names or servers.names(), jobs or 2 * os.cpu_count())
        except BaseException as error:
            self.close()
            if isinstance(error, (OSError, subprocess.SubprocessError)):
                raise LabError(str(error)) from error
            raise

    def start(self, names, jobs):
        wanted = []
        for number, name in enumerate(names, start=1):
            try:
                module = self.load(name)
            except Exception as error:  # a module's mistake is one server's failure
                self.failed[name] = f"{type(error).__name__}: {error}"
                continue
            gone = servers.missing(module)
            if gone:
                self.skipped[name] = "not installed: " + " ".join(gone)
                continue
            for kind, odd in ((1, False), (2, True)):
                if ("odd" if odd else "standard") in self.variants:
                    wanted.append((name, module, f"10.91.{kind}.{number}", odd))
        # The slow ones first: what needs a machine of its own (Java) begins at once.
        wanted.sort(key=lambda one: not getattr(one[1], "HEAVY", False))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for served in pool.map(lambda one: self.start_one(*one), wanted):
                self.truth += served
        self.truth.sort(key=lambda one: (one.server, one.variant, one.transport, one.port))

    @staticmethod
    def load(name):
        return servers.load(name)

    def start_one(self, name, module, address, odd):
        """The truth of one instance; nothing if it does not start."""
        label = name + ("-odd" if odd else "")
        begun = time.monotonic()
        try:
            space = self.network.host(label, address)
            instance = servers.Run(name, self.folder / label, space, address, odd)
            instance.start(module)
            if not odd and self.tunnelled(name):
                self.wrap(instance)
            if "standard" not in self.variants:
                return [one for one in instance.served if one.variant in self.variants]
            return instance.served
        except Exception as error:
            self.failed[label] = f"{type(error).__name__}: {error}"
            return []
        finally:
            self.seconds[label] = time.monotonic() - begun

    def tunnelled(self, name):
        """Is there a stunnel before this server?"""
        return "stunnel" in self.variants

    @staticmethod
    def wrap(instance):
        """One stunnel before all ports of the instance that may have one."""
        inside = [one for one in instance.served if one.stunnel]
        if not inside:
            return
        certificate, key = instance.certificate()
        text = "foreground = yes\nsyslog = no\npid =\ndebug = 3\n"
        for number, one in enumerate(inside):
            port = FIRST_TUNNEL_PORT + number
            text += (f"[{number}]\naccept = {port}\nconnect = 127.0.0.1:{one.port}\n"
                     f"cert = {certificate}\nkey = {key}\n")
            instance.served.append(dataclasses.replace(
                one, port=port, tls=True, stunnel=False, variant="stunnel", inside=one.port))
        instance.spawn(["stunnel4", instance.write("stunnel.conf", text)])
        instance.until(lambda: {("tcp", FIRST_TUNNEL_PORT + number)
                                for number in range(len(inside))} <= instance.bound(), "stunnel")

    def count(self):
        """How many servers run."""
        return len({one.server for one in self.truth})

    # Scanning

    def scan(self, program, *argv, timeout=600, environment=None):
        """Runs a program in the scanner's namespace; gives the finished process."""
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        return subprocess.run(
            ["ip", "netns", "exec", self.network.scanner.name, str(program), *map(str, argv)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
            cwd=self.folder, env=self.environment(state, environment))

    @staticmethod
    def environment(state, more=None):
        return {"PATH": os.environ["PATH"], "HOME": str(state), "XDG_STATE_HOME": str(state),
                "LC_ALL": "C", "TZ": "UTC", "TERM": "xterm",
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
                "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1", **(more or {})}

    def commands(self, wanted=None):
        """{transport: arguments}: one scan for all TCP ports of all hosts, one for UDP.
        A port that is another host's is closed here, and quickly found so."""
        wanted = self.truth if wanted is None else wanted
        made = {}
        for transport, technique in (("tcp", "-sS"), ("udp", "-sU")):
            mine = [one for one in wanted if one.transport == transport]
            if mine:
                ports = sorted({one.port for one in mine})
                made[transport] = [technique, "-sV", "-n", "-Pn", "-p",
                                   transport[0].upper() + ":" + ",".join(map(str, ports)),
                                   *sorted({one.address for one in mine})]
        return made

    def answers(self, program, *extra, wanted=None, timeout=900):
        """{(address, transport, port): Answer}, TCP and UDP at once. `program` may be a list:
        it and its first arguments."""
        first = program if isinstance(program, list) else [program]

        def one(argv):
            done = self.scan(*first, *argv, *extra, "-oX", "-", timeout=timeout)
            assert done.returncode == 0, done.stderr
            return truth.read(done.stdout)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            parts = list(pool.map(one, self.commands(wanted).values()))
        return {where: answer for part in parts for where, answer in part.items()}

    def close(self):
        if self.network:
            self.network.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# By hand

def talk(instance, served, send, tls, seconds):
    """What a port says: unasked, or to `send`."""
    kind = socket.SOCK_DGRAM if served.transport == "udp" else socket.SOCK_STREAM
    heard = b""
    with socket.socket(socket.AF_INET, kind) as client:
        client.settimeout(seconds)
        try:
            client.connect((served.address, served.port))
            if tls:
                context = ssl._create_unverified_context()
                client = context.wrap_socket(client)
            if send:
                client.sendall(send)
            while len(heard) < 65536:
                more = client.recv(65536)
                if not more:
                    break
                heard += more
        except (TimeoutError, socket.timeout):
            pass
        except OSError as error:
            print(f"   ({error})")
    return heard


def show(instance, options):
    send = options.send.encode("latin-1").decode("unicode_escape").encode("latin-1")
    for served in instance.served:
        if options.port not in (None, served.port):
            continue
        if options.port and (served.transport == "udp") != options.udp:
            continue
        print(f"{served.transport}/{served.port}: service={served.service!r} "
              f"product={served.product!r} version={served.version!r}"
              f"{' tls' if served.tls else ''}")
        if served.transport == "udp" and not send:
            continue
        with instance.network.scanner.entered():
            heard = talk(instance, served, send, options.tls or served.tls, options.seconds)
        print(f"   {len(heard)} bytes: {heard[:1500]!r}")
        if options.save and options.port:
            pathlib.Path(options.save).write_bytes(heard[:4096])


def by_hand():
    parser = argparse.ArgumentParser(description="starts one server of the lab alone")
    parser.add_argument("name", choices=servers.names())
    parser.add_argument("--odd", action="store_true", help="on its odd port")
    parser.add_argument("--port", type=int, help="only this port")
    parser.add_argument("--udp", action="store_true", help="--port means the UDP one")
    parser.add_argument("--tls", action="store_true", help="inside TLS")
    parser.add_argument("--send", default="", help=r"what to send; \r \n \xHH are understood")
    parser.add_argument("--seconds", type=float, default=2, help="how long to listen")
    parser.add_argument("--save", help="write what --port said to this file")
    parser.add_argument("--hold", action="store_true", help="keep it until Enter is pressed")
    parser.add_argument("--run", help="a shell command for the scanner's namespace; $HOST is it")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ptl-", dir="/var/tmp"))
    folder.chmod(0o755)
    network = None
    try:
        network = Network(f"pts-{os.getpid()}-")
        address = "10.91.2.1" if options.odd else "10.91.1.1"
        space = network.host("server", address)
        instance = servers.Run(options.name, folder / options.name, space, address, options.odd)
        instance.network = network
        begun = time.monotonic()
        try:
            instance.start(servers.load(options.name))
        except (servers.Failed, servers.Missing) as error:
            print(f"{options.name} does not start: {error!r}")
            return 1
        print(f"{options.name} started in {time.monotonic() - begun:.1f} s at {address}")
        declared = {(one.transport, one.port) for one in instance.served}
        others = sorted(instance.bound() - declared)
        if others:
            print("also bound, not declared:", *(f"{a}/{b}" for a, b in others))
        show(instance, options)
        if options.run:
            subprocess.run(["ip", "netns", "exec", network.scanner.name, "sh", "-c", options.run],
                           env={**os.environ, "HOST": address})
        if options.hold:
            print(f"ip netns exec {network.scanner.name} sh   # the scanner's; Enter ends all")
            input()
        print("log:", instance.logged() or "(nothing)")
        return 0
    finally:
        if network:
            network.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(by_hand())
