"""Readers of Nmap's XML take ours of systems and ways: the golden files, which test_golden holds
byte for byte to what the program writes. Needs no lab."""
import pathlib
import subprocess

import libnmap.parser
import pytest

SHARE = pathlib.Path("/usr/share/nmap")
GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden/formats"
REPORTS = sorted(path for part in ("os-", "tr-", "own-system") for path in GOLDEN.glob(f"{part}*.xml"))
# --deprecated-xml-osclass is what the DTD had before
OLD = {"os-old.xml", "os-old-near.xml"}


def must(*argv):
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", [path for path in REPORTS if path.name not in OLD], ids=lambda path: path.name)
def test_it_is_valid_by_nmaps_dtd(path):
    must("xmllint", "--noout", "--nonet", "--dtdvalid", SHARE / "nmap.dtd", path)


def host(name):
    return libnmap.parser.NmapParser.parse_fromfile(str(GOLDEN / name)).hosts[0]


def test_libnmap_reads_systems():
    found = host("own-system.xml")
    assert [match.name for match in found.os.osmatches] == ["Testix 5"]
    assert found.os.osmatches[0].accuracy == 97
    assert found.os.osmatches[0].osclasses[0].cpelist[0].cpestring == "cpe:/o:test:testix:5"
    assert found.os.fingerprint.startswith("OS:SCAN(") and found.distance == 8
    assert host("os-perfect.xml").os.osmatches[0].accuracy == 100


def test_libnmap_reads_classes_the_old_way():
    classes = [one for match in host("os-old-near.xml").os.osmatches for one in match.osclasses]
    assert {one.vendor for one in classes} == {"Testix", "AB&C"}


def test_nmaps_stylesheet_renders_them():
    page = must("xsltproc", "--nonet", SHARE / "nmap.xsl", GOLDEN / "own-system.xml")
    assert "Testix 5" in page and "10.0.1.1" in page and "router.example" in page
