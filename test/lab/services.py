"""The lab of services: every module of servers/ in namespaces of its own.

    scanner 10.91.0.1/16 --- lan (a bridge) --- 10.91.1.N    server N on its standard port,
                                            |                and behind stunnel on another
                                            --- 10.91.2.N    server N on an odd port

Nothing leads out of it. What listens where is what the modules declare: Lab.truth.

By hand:  sudo /usr/bin/python3 test/lab/services.py NAME [--odd] [--port P] [--udp]
              [--tls] [--send 'GET / HTTP/1.0\\r\\n\\r\\n'] [--save FILE] [--hold]
starts one server alone, shows what it serves, what its ports say (after --send, if
given) and its log, and ends it.
"""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import servers
from lab import LabError, Namespace, run as command

SCANNER = "10.91.0.1"


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
        return host

    def close(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(end, reversed(self.spaces)))


def end(space):
    """Ends a namespace with all that runs in it, daemons included."""
    for signal in ("TERM", "KILL"):
        pids = subprocess.run(["ip", "netns", "pids", space.name], capture_output=True,
                              text=True).stdout.split()
        for pid in pids:
            subprocess.run(["kill", "-" + signal, pid], capture_output=True)
        deadline = time.monotonic() + (1 if signal == "TERM" else 0)
        while pids and time.monotonic() < deadline and any(
                pathlib.Path("/proc", pid).exists() and running(pid) for pid in pids):
            time.sleep(0.02)
    space.remove()


def running(pid):
    try:
        return pathlib.Path("/proc", pid, "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


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
