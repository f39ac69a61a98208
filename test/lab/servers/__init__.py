"""Real servers for the lab of services, one module each, and what they need to start.

A module says which Debian packages it is made of and starts its server; its truth is
written from documentation and from the configuration it wrote, never from what a
scanner printed:

    \"\"\"nginx: http\"\"\"
    PACKAGES = ["nginx-light"]
    UNPACKED = ["exim4-daemon-light"]   # only if they conflict with others' packages:
                                        # run.unpacked("exim4-daemon-light") is where they lie
    HEAVY = True                        # only if its packages weigh more than 60 MB

    def start(run):
        port = run.port("tcp", 80)      # the standard port, or an odd one on the second call
        conf = run.write("nginx.conf", f"...listen {port}...")
        run.spawn(["nginx", "-c", conf, "-g", "daemon off;"])
        run.serves("tcp", port, service="http", product="nginx",
                   version=run.version("nginx-light"))

`start` is called twice, each time for a namespace of its own with its own /run, /tmp,
host name (lab.test) and scratch folder: once on the standard port, once on an odd one.
(System V shared memory is each spawn's own: tell X clients to do without.)
The modules are loaded by path, so that one called redis.py hides nobody's redis.

Try one by hand: sudo /usr/bin/python3 test/lab/services.py NAME
"""
import dataclasses
import functools
import importlib.util
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import time

from lab import LabError

HERE = pathlib.Path(__file__).resolve().parent
UNPACKED = pathlib.Path("/var/lib/portolan-lab")    # tools/deps puts them there
# Odd ports: nobody's by name, and below the ports that the kernel gives to clients.
FIRST_ODD_PORT = 23311
LOOPBACK6 = "00000000000000000000000001000000"  # as /proc/net/tcp6 writes ::1

# A private /run and /tmp and what run.private() asked for, then the command itself.
# Folders come in pairs, ours and the one that it stands for, up to "--".
ENTER = """
hostname lab
while [ "$1" != -- ]; do
	mount --bind "$1" "$2" || exit 126
	shift 2
done
shift
exec "$@"
"""


@dataclasses.dataclass(frozen=True)
class Served:
    """What one port of one running server is: the truth."""
    server: str
    transport: str
    port: int
    service: str
    product: object = None     # None: it reveals none; a tuple: any of these names will do
    version: object = None     # None: it reveals none
    hidden: object = None      # its version where it reveals none: no invention if named or in range
    tls: bool = False          # speaks TLS itself
    stunnel: bool = True       # sensible behind stunnel
    address: str = ""
    variant: str = "standard"  # or "odd", or "stunnel"
    inside: int = 0            # of "stunnel": the port that is behind it


class Missing(Exception):
    """A server's package is not installed."""


class Failed(Exception):
    """A server that should run does not; the text says why."""


class Run:
    """One instance of one server, from its start to its end."""

    def __init__(self, name, folder, space, address, odd=False):
        self.name, self.folder, self.space = name, pathlib.Path(folder), space
        self.address, self.odd = address, odd
        self.served = []
        self.spawned = []
        self.odd_ports = {}
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o755)
        self.binds = []
        for path, mode in (("/run", 0o755), ("/tmp", 0o1777)):
            self.private(path).chmod(mode)
        (self.folder / "run/lock").mkdir(mode=0o1777)

    # What a module calls

    def port(self, transport, standard):
        """The standard port, or this instance's odd one for it (the same for TCP and UDP)."""
        assert transport in ("tcp", "udp", "sctp")
        if not self.odd:
            return standard
        return self.odd_ports.setdefault(standard, FIRST_ODD_PORT + 7 * len(self.odd_ports))

    def write(self, name, text, mode=0o644, user=None):
        """A file in the instance's folder, folders on the way made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        path.chmod(mode)
        if user:
            shutil.chown(path, user)
        return path

    def sub(self, name, user=None, mode=0o755):
        """A folder in the instance's folder."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if user:
            shutil.chown(path, user, pwd.getpwnam(user).pw_gid)
        return path

    def private(self, path, copy=False, user=None):
        """From now on this instance sees a folder of its own at `path` (/var/lib/foo):
        empty, or a copy of what is there. Gives the folder as seen from outside."""
        mine = self.folder / str(path).strip("/").replace("/", "-")
        if copy:
            subprocess.run(["cp", "-a", str(path), str(mine)], check=True, timeout=60)
        else:
            mine.mkdir()
            mine.chmod(0o755)
        pathlib.Path(path).mkdir(parents=True, exist_ok=True)
        if user:
            shutil.chown(mine, user, pwd.getpwnam(user).pw_gid)
        self.binds += [str(mine), str(path)]
        return mine

    def certificate(self, user=None):
        """(certificate, key): PEM files, self-signed, for lab.test."""
        made = self.folder / "certificate.pem", self.folder / "key.pem"
        if not made[0].exists():
            for one, other in zip(certificate(), made):
                shutil.copy(one, other)
                other.chmod(0o644)
                if user:
                    shutil.chown(other, user)
                    other.chmod(0o600)
        return made

    def spawn(self, argv, env=None, user=None, cwd=None, stdin=None):
        """Starts the server. It may stay in the foreground (better) or become a daemon.
        `stdin`: bytes that it reads first; then, and without, the end of the file."""
        with open(self.log(), "ab") as log:
            process = self.space.popen(
                *self.inside(argv, user), env=self.environment(env), cwd=cwd or self.folder,
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=log, stderr=log)
        if stdin is not None:
            process.stdin.write(stdin)
            process.stdin.close()
        self.spawned.append((process, argv))
        return process

    def run(self, argv, env=None, user=None, cwd=None, stdin=b"", timeout=60):
        """Runs a command in the namespace to its end; gives what it printed (text)."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.space.name, *self.inside(argv, user)],
            env=self.environment(env), cwd=cwd or self.folder, input=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
        if done.returncode:
            raise Failed(f"{argv[0]} ended with {done.returncode}: "
                         f"{(done.stdout + done.stderr)[-600:].decode(errors='replace')}")
        return done.stdout.decode(errors="replace")

    def wait(self, transport, port, seconds=30):
        """Until the port is listened on (TCP) or bound (UDP). The lab does this itself for
        all that is served; call it only where a next step needs a running server."""
        self.until(lambda: (transport, port) in self.bound(loopback=True),
                   f"{transport} {port}", seconds)

    def until(self, ready, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise Failed(f"{what} is not there after {seconds} s: {self.logged()}")
            time.sleep(0.05)

    def serves(self, transport, port, service, product=None, version=None, hidden=None,
               tls=False, stunnel=True, odd=True):
        """Declares the truth of one port. What has no odd port is not declared there."""
        if self.odd and not odd:
            return
        self.served.append(Served(
            server=self.name, transport=transport, port=port, service=service,
            product=product, version=version, hidden=hidden, tls=tls,
            stunnel=stunnel and transport == "tcp" and not tls,
            address=self.address, variant="odd" if self.odd else "standard"))

    def unpacked(self, package, *paths):
        """The root folder of a package that is only unpacked; each of `paths` (a folder,
        "/usr/lib/exim4") appears at its place for this instance, if it exists on the machine
        or can be made there."""
        for path in paths:
            pathlib.Path(path).mkdir(parents=True, exist_ok=True)
            self.binds += [f"{UNPACKED}/{package}{path}", path]
        return UNPACKED / package

    @staticmethod
    def version(package):
        """The upstream part of an installed package's version: 1:9.2p1-2+deb12u3 is 9.2p1."""
        return upstream(package)

    # What the lab calls

    def inside(self, argv, user=None):
        if user:
            group = pwd.getpwnam(user).pw_gid
            argv = ["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups", "--", *argv]
        return ["unshare", "--mount", "--uts", "--ipc", "sh", "-c", ENTER, "sh",
                *self.binds, "--", *map(str, argv)]

    def environment(self, more=None):
        return {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb",
                **{key: str(value) for key, value in (more or {}).items()}}

    def log(self):
        return self.folder / "_log"     # no name that a module would take

    def logged(self):
        try:
            return self.log().read_text(errors="replace")[-600:].strip()
        except FileNotFoundError:
            return ""

    def check(self):
        """A process that ended well may have become a daemon; one that did not, failed."""
        for process, argv in self.spawned:
            if process.poll():
                raise Failed(f"{argv[0]} ended with {process.returncode}: {self.logged()}")

    def bound(self, loopback=False):
        """{(transport, port)} that processes of the namespace listen on for others, or for
        themselves too."""
        found = set()
        with self.space.entered():
            for transport, state in (("tcp", "0A"), ("udp", "07")):
                for family in ("", "6"):
                    table = pathlib.Path(f"/proc/thread-self/net/{transport}{family}")
                    for line in table.read_text().splitlines()[1:]:
                        address, port = line.split()[1].split(":")
                        others = not address.endswith("7F") and address != LOOPBACK6
                        if line.split()[3] == state and (others or loopback):
                            found.add((transport, int(port, 16)))
            sctp = pathlib.Path("/proc/thread-self/net/sctp/eps")
            if sctp.exists():
                found |= {("sctp", int(line.split()[5])) for line in
                          sctp.read_text().splitlines()[1:]}
        return found

    def start(self, module, seconds=60):
        """Starts the module's server and waits until all it serves is there."""
        module.start(self)
        if not self.served and not self.odd:
            raise Failed("it declares nothing with run.serves()")
        wanted = {(one.transport, one.port) for one in self.served}
        self.until(lambda: not wanted - self.bound(),
                   f"{', '.join(f'{a} {b}' for a, b in sorted(wanted))}", seconds)
        self.check()


@functools.lru_cache(maxsize=None)
def upstream(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package],
                          capture_output=True, text=True, timeout=30)
    alone = UNPACKED / f"{package}.version"
    if done.stdout.startswith("installed "):
        version = done.stdout.removeprefix("installed ")
    elif alone.exists():
        version = alone.read_text().strip()
    else:
        raise Missing(package)
    version = version.split(":", 1)[-1]
    version = version.rsplit("-", 1)[0] if "-" in version else version
    # What Debian appends to an upstream version: repacked, or one of its own.
    return re.sub(r"[+~.-]?(dfsg|ds|debian|repack)[0-9.]*.*$", "", version)


@functools.lru_cache(maxsize=None)
def certificate():
    """One certificate for everything that is tried, made once a machine and kept in memory
    of the process by its path."""
    import atexit
    import tempfile
    folder = pathlib.Path(tempfile.mkdtemp(prefix="portolan-tls-"))
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(folder, ignore_errors=True))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                    "-subj", "/CN=lab.test", "-addext", "subjectAltName=DNS:lab.test",
                    "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
                   check=True, capture_output=True, timeout=60)
    return folder / "certificate.pem", folder / "key.pem"


def names():
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def load(name):
    """The module of that name: never by its bare name, see above."""
    path = HERE / f"{name}.py"
    if not path.exists():
        raise LabError(f"there is no test/lab/servers/{name}.py")
    spec = importlib.util.spec_from_file_location(f"servers.{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def missing(module):
    """Those of its packages that are not installed."""
    gone = []
    for package in [*module.PACKAGES, *getattr(module, "UNPACKED", [])]:
        try:
            upstream(package)
        except Missing:
            gone.append(package)
    return gone
