"""What networks do to packets, where the kernel has no netem: XDP programs
(test/xdp/) on the receiving end of a link.

    with attach(namespace, "eth0", "loss", share=0.03) as loss: ...
    loss.passed, loss.dropped

    kind      parameters
    loss      share              each frame is lost with this probability
    police    pps, burst=50      so many frames a second pass
    firewall  allowed, only_syn=False   silent but for these TCP ports
    drop                         nothing passes
    count                        everything passes

A program sees what its link receives: for loss each way, attach one at each end.
ARP and neighbour discovery always pass, and are not counted."""
import json
import pathlib
import tempfile

from lab import LabError, run

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "xdp"


def loss(share):
    return {"PARTS": f"{min(round(share * 2**32), 2**32 - 1)}u"}


def police(pps, burst=50):
    return {"RATE_PPS": f"{pps}ull", "BURST": f"{burst}ull"}


def firewall(allowed, only_syn=False):
    return {"ALLOWED": ",".join(map(str, allowed)), "ONLY_SYN": int(only_syn)}


def drop():
    return {}


count = drop
KINDS = {"loss": loss, "police": police, "firewall": firewall, "drop": drop, "count": count}


def compile_program(kind, definitions, target):
    # The headers of this machine's libc are where linux/*.h finds asm/*.h.
    include = f"/usr/include/{run('gcc', '-print-multiarch').strip()}"
    run("clang", "-O2", "-g", "-target", "bpf", "-Wall", "-Wextra", "-Werror",
        "-Wno-unused-parameter", "-Wno-address-of-packed-member", f"-I{include}",
        *(f"-D{name}={value}" for name, value in definitions.items()),
        "-c", str(SOURCES / f"{kind}.bpf.c"), "-o", str(target))


class Attached:
    """One program on one link, until detach()."""

    def __init__(self, namespace, link, kind, mode="xdpgeneric", **parameters):
        self.namespace, self.link, self.mode = namespace, link, mode
        with tempfile.TemporaryDirectory(prefix="portolan-xdp-") as folder:
            program = pathlib.Path(folder, f"{kind}.o")
            compile_program(kind, KINDS[kind](**parameters), program)
            namespace.ip("link", "set", "dev", link, mode, "obj", str(program), "sec", "xdp")
        self.map = self.counters_map()

    def counters_map(self):
        shown = json.loads(self.namespace.ip("-j", "link", "show", "dev", self.link))
        program = json.loads(run("bpftool", "-j", "prog", "show", "id",
                                 str(shown[0]["xdp"]["prog"]["id"])))
        for number in program["map_ids"]:
            if json.loads(run("bpftool", "-j", "map", "show", "id", str(number)))["name"] == "counters":
                return number
        raise LabError(f"the program on {self.link} has no counters")

    def counted(self):
        rows = json.loads(run("bpftool", "-j", "map", "dump", "id", str(self.map)))
        return [row["formatted"]["value"] for row in rows]

    @property
    def passed(self):
        return self.counted()[0]

    @property
    def dropped(self):
        return self.counted()[1]

    def detach(self):
        self.namespace.ip("link", "set", "dev", self.link, self.mode, "off")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.detach()


attach = Attached
