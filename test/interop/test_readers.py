"""The programs and libraries that read Nmap's XML read ours."""
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as tree

import libnmap.parser
import libnmap.process
import nmap
import pytest

SHARE = pathlib.Path("/usr/share/nmap")


def must(*argv, **options):
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=60,
                          **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_xml_is_valid_by_nmaps_dtd(report_file):
    must("xmllint", "--noout", "--nonet", "--dtdvalid", SHARE / "nmap.dtd", report_file)


@pytest.mark.parametrize("argv", [
    ["-sL", "10.87.1.8/30"], ["-sn", "-v", "10.87.1.10", "10.87.2.99"],
    ["-6", "-p22", "fd87:1::30"], ["-F", "nothing.lab.test", "10.87.1.10"],
    ["-p1-2000", "-Pn", "--host-timeout", "200ms", "10.87.2.99"], ["--open", "-F", "10.87.1.20"],
    ["-sn", "10.87.16.1-7"]])
def test_every_kind_of_report_is_valid(lab, standin, tmp_path, argv):
    file = tmp_path / "scan.xml"
    done = lab.scan(standin / "nmap", "--unprivileged", "-oX", file, *argv)
    assert done.returncode == 0, done.stderr
    must("xmllint", "--noout", "--nonet", "--dtdvalid", SHARE / "nmap.dtd", file)


def test_nmaps_stylesheet_renders_it(report_file):
    page = must("xsltproc", "--nonet", SHARE / "nmap.xsl", report_file)
    assert "<html" in page and "10.87.1.10" in page and ">ssh<" in re.sub(r"\s", "", page)


def test_libnmap_parses_it(lab, report_file):
    report = libnmap.parser.NmapParser.parse_fromfile(str(report_file))
    assert report.is_consistent() and report.endtime > 0
    hosts = {host.address: host for host in report.hosts}
    assert (22, "tcp") in hosts[lab.SERVERS].get_open_ports()
    assert hosts[lab.SERVERS].hostnames[0] == "web.lab.test"
    assert hosts[lab.NOBODY].status == "down"
    assert report.hosts_total == 11 and report.hosts_up == 10
    assert hosts[lab.FIREWALL].get_service(110, "tcp").state == "filtered"


def test_libnmap_runs_it_as_nmap(lab, wrapped, monkeypatch):
    """NmapProcess finds `nmap` in PATH, runs it and reads its progress and report."""
    monkeypatch.setenv("PATH", f"{wrapped}:{os.environ['PATH']}")
    process = libnmap.process.NmapProcess([lab.SERVERS, lab.INNER],
                                          options="--unprivileged -n -T4 -p1-500", safe_mode=False)
    assert process.run() == 0, process.stderr
    report = libnmap.parser.NmapParser.parse(process.stdout)
    assert {host.address for host in report.hosts} == {lab.SERVERS, lab.INNER}
    open_ports = {port for port, _ in report.hosts[0].get_open_ports()}
    truth = {port for port in lab.truth[report.hosts[0].address] if port <= 500}
    assert open_ports == truth


def test_python_nmap_runs_it_as_nmap(lab, wrapped):
    scanner = nmap.PortScanner(nmap_search_path=(str(wrapped / "nmap"),))
    assert scanner.nmap_version() >= (7, 0)
    scanner.scan(f"{lab.SERVERS} {lab.FIREWALL}", "20-25,80,110",
                 arguments="--unprivileged -n -T4")
    assert set(scanner.all_hosts()) == {lab.SERVERS, lab.FIREWALL}
    assert scanner[lab.SERVERS].state() == "up"
    assert scanner[lab.SERVERS]["tcp"][22]["state"] == "open"
    assert scanner[lab.SERVERS]["tcp"][22]["name"] == "ssh"
    assert scanner[lab.SERVERS]["tcp"][24]["state"] == "closed"
    assert scanner[lab.FIREWALL]["tcp"][110]["state"] == "filtered"


def test_python_nmap_lists_hosts(wrapped):
    scanner = nmap.PortScanner(nmap_search_path=(str(wrapped / "nmap"),))
    assert set(scanner.listscan("10.87.1.8/30")) == {f"10.87.1.{i}" for i in range(8, 12)}


def test_ndiff_finds_no_difference(pair, lab):
    """All of the lab, scanned by both: no host, port or state differs."""
    argv = ["-n", "-T4", "-v", "-p1-10000", "-oX", "lab.xml", lab.SERVERS, lab.FIREWALL, lab.INNER,
            lab.NOBODY, "10.87.16.1-20"]
    for done in pair.both(*argv):
        assert done.returncode == 0, done.stderr
    files = [pair.folder / one / "lab.xml" for one in pair.path]
    done = subprocess.run(["ndiff", *files], capture_output=True, text=True, timeout=60)
    # ndiff also tells of the run's own time and version: its first two lines.
    rest = [line for line in done.stdout.splitlines()
            if line and not re.match(r"[-+]Nmap \S+ scan initiated ", line)]
    assert done.returncode in (0, 1) and not rest, done.stdout + done.stderr


def test_ndiff_finds_a_difference_where_there_is_one(pair, lab):
    """The check above can fail: another set of ports is another report."""
    pair.run("nmap", "-n", "-p20-23", "-oX", "lab.xml", lab.SERVERS)
    pair.run("portolan", "-n", "-p20-22", "-oX", "lab.xml", lab.SERVERS)
    files = [pair.folder / one / "lab.xml" for one in pair.path]
    done = subprocess.run(["ndiff", *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "23/tcp" in done.stdout


def test_a_fatal_error_leaves_xml_that_readers_take(lab, standin, tmp_path):
    file = tmp_path / "scan.xml"
    done = lab.scan(standin / "nmap", "--unprivileged", "-p70000", "-oX", file, lab.SERVERS)
    assert done.returncode == 1 and "QUITTING" in done.stderr
    if file.exists() and file.stat().st_size:
        root = tree.parse(file).getroot()
        assert root.find("runstats/finished").get("exit") == "error"
