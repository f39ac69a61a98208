"""Fixtures of the lab and interop tests.

    PORTOLAN           the program under test (default build/portolan)
    PORTOLAN_RELEASE   the same without sanitizers, for what measures (default: PORTOLAN)
    SERVERS            the servers of the service lab to start (default: all)

Where namespaces cannot be made the tests skip, and say so; with CI=true that is a failure."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test/lab"))

from lab import Lab, LabError, Namespace  # noqa: E402
from link import Link  # noqa: E402
from raw_rows import ROUTER  # noqa: E402
from services import ServiceLab  # noqa: E402


def made_or_skipped(make):
    try:
        return make()
    except (LabError, FileNotFoundError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have a lab: {error}")
        pytest.skip(f"NO LAB HERE, NOTHING WAS SCANNED: {error}")


@pytest.fixture(scope="session")
def lab():
    made = made_or_skipped(Lab)
    yield made
    made.close()


@pytest.fixture(scope="session")
def service_lab():
    """Every server of test/lab/servers, or those that SERVERS names (blanks between)."""
    made = made_or_skipped(lambda: ServiceLab(os.environ.get("SERVERS", "").split()))
    yield made
    made.close()


@pytest.fixture(scope="session")
def namespaces():
    """Nothing but the knowledge that namespaces can be made here."""
    def attempt():
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        Namespace(f"pt-{os.getpid()}-try").remove()
    made_or_skipped(attempt)


@pytest.fixture(scope="module")
def raw_link(namespaces):
    """One link for a scripted responder, which is the router too."""
    with Link("raw") as made:
        made.scanner.ip("route", "add", "10.89.2.0/24", "via", ROUTER[0])
        made.scanner.ip("-6", "route", "add", "fd89:2::/64", "via", ROUTER[1])
        yield made


def program_of(variable, default):
    path = pathlib.Path(os.environ.get(variable) or default)
    path = path if path.is_absolute() else ROOT / path
    assert path.exists(), f"{path} is not built: make, or set {variable}"
    return path


@pytest.fixture(scope="session")
def portolan():
    return program_of("PORTOLAN", "build/portolan")


@pytest.fixture(scope="session")
def release():
    return program_of("PORTOLAN_RELEASE", os.environ.get("PORTOLAN") or "build/portolan")


@pytest.fixture(scope="session")
def standin(portolan, tmp_path_factory):
    """A folder to put first in PATH: our program under the name nmap."""
    folder = tmp_path_factory.mktemp("standin")
    (folder / "nmap").symlink_to(portolan)
    return folder


@pytest.fixture(params=["nmap", "portolan"])
def scanner(request):
    """Both programs: Nmap proves the test right, ours is what it is for."""
    return "nmap" if request.param == "nmap" else request.getfixturevalue("portolan")


@pytest.fixture(scope="session")
def is_nmap(portolan):
    """Whether Nmap 7.93 is under test, whose own opinions some tests know."""
    version = subprocess.run([portolan, "--version"], capture_output=True, text=True).stdout
    return version.startswith("Nmap version 7.93")
