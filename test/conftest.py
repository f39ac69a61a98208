"""Fixtures of the lab and interop tests.

    PORTOLAN           the program under test (default build/portolan)
    PORTOLAN_RELEASE   the same without sanitizers, for what measures (default: PORTOLAN)

Where namespaces cannot be made the tests skip, and say so; with CI=true that is a failure."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test/lab"))

from lab import Lab, LabError, Namespace  # noqa: E402


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
def namespaces():
    """Nothing but the knowledge that namespaces can be made here."""
    def attempt():
        if os.geteuid() != 0:
            raise LabError("namespaces need root")
        Namespace(f"pt-{os.getpid()}-try").remove()
    made_or_skipped(attempt)


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
