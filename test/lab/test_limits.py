"""Few file descriptors, little memory, little time."""
import subprocess

import report
from test_ports import ALL, check


def test_sixty_four_descriptors_are_enough(lab, scanner):
    hosts = report.scan(lab, scanner, "-n", "-p-", "-T4", lab.SERVERS,
                        prefix=("prlimit", "--nofile=64:64"))
    check(lab, hosts[lab.SERVERS], ALL)


def test_sixty_four_descriptors_and_many_hosts(lab, portolan):
    hosts = report.scan(lab, portolan, "-T4", "-p1-40,8007", "10.87.16.0/26",
                        prefix=("prlimit", "--nofile=64:64"))
    assert len(hosts) == 64
    for host in hosts.values():
        assert [port for port, state in host.ports.items() if state == "open"] == [("tcp", 8007)]


def test_host_timeout_bounds_a_tarpit(lab, scanner):
    done = lab.scan(scanner, "--unprivileged", "-n", "-Pn", "--host-timeout", "1500ms", "-p1-5000",
                    "-oG", "-", lab.VANISHING, lab.SERVERS)
    assert done.returncode == 0
    assert f"Host: {lab.VANISHING} ()\tStatus: Timeout" in done.stdout
    assert f"Host: {lab.SERVERS} ()\tStatus: Up" in done.stdout
    assert f"Host: {lab.SERVERS} ()\tPorts: " in done.stdout


def peak_kib(lab, program, *argv, timeout=300, stdin=subprocess.DEVNULL):
    """Peak resident memory of one run. GNU time starts it: a child of Python would
    be counted with the pages of Python that it had before exec."""
    report = lab.folder / "peak"
    done = subprocess.run(
        ["ip", "netns", "exec", lab.scanner.name, "/usr/bin/time", "-o", report, "-f", "%M",
         str(program), *map(str, argv)], stdin=stdin, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=lab.environment(), cwd=lab.folder, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return int(report.read_text())


def test_one_port_of_localhost_needs_under_15_megabytes(lab, release):
    assert peak_kib(lab, release, "-p22", "127.0.0.1") < 15 * 1024


def test_the_whole_internet_less_100000_ranges_needs_under_64_megabytes(lab, release, tmp_path):
    excludes = tmp_path / "excludes"
    with open(excludes, "w") as out:
        for i in range(100000):
            out.write(f"{1 + i // 4096 * 3}.{i // 16 % 256}.{i % 16 * 16}.0/25\n")
    used = peak_kib(lab, release, "--dry-run", "-n", "-p443", "--excludefile", excludes,
                    "0.0.0.0/0")
    assert used < 64 * 1024


def test_ten_million_lines_need_under_64_megabytes(lab, release):
    """The list is streamed; what is listed is 10.0.0.0/8 one address at a time."""
    script = ("import sys\n"
              "for a in range(10000000):\n"
              "    sys.stdout.write(f'10.{a >> 16}.{a >> 8 & 255}.{a & 255}\\n')\n")
    feed = subprocess.Popen(["/usr/bin/python3", "-c", script], stdout=subprocess.PIPE)
    try:
        used = peak_kib(lab, release, "-sL", "-n", "--no-journal", "-oG", "/dev/null", "-iL", "-",
                        stdin=feed.stdout)
    finally:
        feed.stdout.close()
        feed.wait(30)
    assert used < 64 * 1024
