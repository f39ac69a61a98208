"""What runs scripts: portolan, or Debian's nmap with our library and our scripts in a data
folder of its own (SCRIPT_ENGINE=nmap), which proves the tests and the scripts without our engine."""
import os
import pathlib
import shutil
import tempfile

from script_report import Finding

ROOT = pathlib.Path(__file__).resolve().parents[2]
NMAP = "/usr/bin/nmap"
NMAP_DATA = pathlib.Path("/usr/share/nmap")
LIBRARY, SCRIPTS = ROOT / "lualib", ROOT / "scripts"

# In the mount namespace that "ip netns exec" has made: nothing of Nmap's is installed.
WITHOUT_NMAP = ["sh", "-c", f"mount -t tmpfs none {NMAP_DATA} && exec \"$@\"", "sh"]

# What lualib/finding.lua finds where the engine is ours; here it writes a file.
KEEPER = """local stdnse = require "stdnse"
return { finding = function(found)
	local host, port = stdnse.gethostport()
	local file = assert(io.open(os.getenv "FINDINGS", "a"))
	file:write(table.concat({ found.id, found.severity, stdnse.getid() or "",
		port and port.protocol or "", port and port.number or "",
		(found.seen:gsub("%c", " ")) }, "\\t"), "\\n")
	file:close()
end }
"""


def our_scripts():
    return sorted(path.stem for path in SCRIPTS.glob("*.nse"))


class Engine:
    """A program with its first arguments."""

    def __init__(self, name, *argv):
        self.name, self.argv = name, [str(one) for one in argv]

    def environment(self, folder):
        return {}

    def findings(self, folder):
        """Those that the report does not tell."""
        return []

    def close(self):
        pass


class NmapAsEngine(Engine):
    """Debian's nmap, ours before its own: as /work/wt/try-script, with findings."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ptl-data-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        super().__init__("nmap with our scripts", NMAP, "--datadir", self.folder)
        for name in ("nselib", "scripts"):
            (self.folder / name).mkdir()
        for path in (*NMAP_DATA.glob("nmap-*"), NMAP_DATA / "nse_main.lua"):
            (self.folder / path.name).symlink_to(path)
        # Ours first; what we do not have is Nmap's.
        for folder in (NMAP_DATA / "nselib", LIBRARY, ROOT / "data/scripts"):
            for path in folder.glob("*"):
                link = self.folder / "nselib" / path.name
                link.unlink(missing_ok=True)
                link.symlink_to(path)
        for path in SCRIPTS.glob("*.nse"):
            (self.folder / "scripts" / path.name).symlink_to(path)
        (self.folder / "nselib/portolan.lua").write_text(KEEPER)

    def environment(self, folder):
        return {"FINDINGS": str(folder / "findings")}

    def findings(self, folder):
        path = folder / "findings"
        found = []
        for line in path.read_text(errors="replace").splitlines() if path.exists() else []:
            id, severity, script, transport, port, seen = line.split("\t", 5)
            found.append(Finding(id, severity, script, (transport, int(port)) if port else None, seen))
        return found

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def engine(portolan):
    """The one under test, to run in a namespace of a lab; ours has nothing of Nmap's."""
    if os.environ.get("SCRIPT_ENGINE") == "nmap":
        return NmapAsEngine()
    hiding = WITHOUT_NMAP if NMAP_DATA.exists() else []
    return Engine("portolan", *hiding, portolan, "--no-journal")


def nmaps_scripts(portolan):
    """The one under test, with Nmap's own scripts and what it needs for them."""
    if os.environ.get("SCRIPT_ENGINE") == "nmap":
        return nmap()
    return Engine("portolan with Nmap's scripts", portolan, "--no-journal", "--datadir", NMAP_DATA)


def nmap():
    return Engine("nmap", NMAP, "--datadir", NMAP_DATA)
