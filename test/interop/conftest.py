import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

NMAP_DATA = "/usr/share/nmap"


class Pair:
    """Runs one command line with both programs, each in a folder of its own and
    each under the name nmap, with Nmap's services file so that names agree."""

    def __init__(self, lab, standin, folder):
        self.lab = lab
        self.path = {"nmap": "/usr/bin:/bin:/usr/sbin:/sbin",
                     "portolan": f"{standin}:/usr/bin:/bin:/usr/sbin:/sbin"}
        self.folder = folder

    def run(self, program, *argv, privileged=False, **options):
        privilege = "--privileged" if privileged else "--unprivileged"
        folder = pathlib.Path(self.folder, program)
        folder.mkdir(exist_ok=True)
        return self.lab.scan("nmap", privilege, "--datadir", NMAP_DATA, *argv,
                             cwd=folder, environment={"PATH": self.path[program]}, **options)

    def both(self, *argv, **options):
        return [self.run(program, *argv, **options) for program in ("nmap", "portolan")]

    def read(self, program, name):
        return pathlib.Path(self.folder, program, name).read_bytes().decode("latin-1")


@pytest.fixture
def pair(lab, standin, tmp_path):
    tmp_path.chmod(0o755)
    return Pair(lab, standin, tmp_path)


@pytest.fixture(scope="session")
def report_file(lab, standin, tmp_path_factory):
    """One XML report of ours with most of what a report can hold."""
    folder = tmp_path_factory.mktemp("report")
    file = folder / "scan.xml"
    done = lab.scan(standin / "nmap", "--unprivileged", "-v", "--reason", "-oX", file, "-p1-1000",
                    "-T4", "web.lab.test", lab.FIREWALL, lab.NOBODY, lab.INNER, "10.87.16.1-7")
    assert done.returncode == 0, done.stderr
    assert subprocess.run(["grep", "-c", "<host", file], capture_output=True).returncode == 0
    return file


@pytest.fixture(scope="session")
def wrapped(lab, standin, tmp_path_factory):
    """A folder with an `nmap` that runs ours in the scanner's namespace, for
    libraries that start it themselves."""
    folder = tmp_path_factory.mktemp("wrapped")
    script = folder / "nmap"
    script.write_text(f"#!/bin/sh\nexport XDG_STATE_HOME={folder}\n"
                      f"exec ip netns exec {lab.scanner.name} {standin}/nmap \"$@\"\n")
    script.chmod(0o755)
    return folder
