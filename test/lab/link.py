"""Two hosts and one link, for what the whole lab is too much for: tests of raw
probes and benches.

    scanner (scan0: 10.89.1.1/24, fd89:1::1/64) --- target (wire0: no address)

The target has no addresses unless its user gives it some: a kernel without an
address answers nothing, so a scripted responder has the link to itself."""
import contextlib
import os
import subprocess

from lab import Namespace, run


class Link:
    SCANNER, SCANNER6 = "10.89.1.1", "fd89:1::1"

    def __init__(self, name="link"):
        self.spaces = []
        try:
            self.build(f"pt-{name}-{os.getpid()}-")
        except BaseException:
            self.close()
            raise

    def space(self, name):
        made = Namespace(name)
        self.spaces.append(made)
        return made

    def build(self, prefix):
        self.scanner, self.target = self.space(prefix + "scanner"), self.space(prefix + "target")
        run("ip", "link", "add", "scan0", "netns", self.scanner.name, "type", "veth",
            "peer", "name", "wire0", "netns", self.target.name)
        for space, link in ((self.scanner, "scan0"), (self.target, "wire0")):
            # No router solicitations and no link-local address but what a test gives.
            space.ip("link", "set", link, "addrgenmode", "none")
            space.ip("link", "set", link, "up")
        for address in (self.SCANNER + "/24", self.SCANNER6 + "/64"):
            self.give(self.scanner, "scan0", address)

    @staticmethod
    def give(space, link, address):
        space.ip("addr", "add", address, "dev", link, *(["nodad"] if ":" in address else []))

    def environment(self, folder, **more):
        return {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(folder),
                "LC_ALL": "C", "TZ": "UTC", "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
                "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1", **more}

    def scan(self, folder, program, *argv, timeout=120):
        """Runs a scanner in the scanner's namespace; gives the finished process."""
        return subprocess.run(
            ["ip", "netns", "exec", self.scanner.name, str(program), *map(str, argv)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
            env=self.environment(folder), cwd=folder)

    def close(self):
        for space in reversed(self.spaces):
            with contextlib.suppress(OSError):
                space.remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
