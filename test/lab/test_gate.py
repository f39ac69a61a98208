"""What must not be asked is not asked: seen on the wire."""
import report
import wire


def test_excluded_addresses_get_no_packet(lab, scanner, tmp_path):
    listed = tmp_path / "excluded"
    listed.write_text("10.87.16.8/30 # four of them\n10.87.16.20\n")
    argv = ["-n", "-T4", "-p8007,9007", "--exclude", "10.87.16.0,10.87.16.30-31"]
    with wire.Capture(lab.crowd) as seen:
        report.scan(lab, scanner, *argv, "10.87.16.0/27")
    excluded = {"10.87.16.0", "10.87.16.30", "10.87.16.31"}
    everyone = {f"10.87.16.{i}" for i in range(32)}
    assert {address for address, _ in seen.syns} == everyone - excluded
    with wire.Capture(lab.crowd) as seen:
        report.scan(lab, scanner, "-n", "-T4", "-p8007", "--excludefile", listed, "10.87.16.0/27")
    excluded = {f"10.87.16.{i}" for i in (8, 9, 10, 11, 20)}
    assert {address for address, _ in seen.syns} == everyone - excluded


def test_excluded_ports_are_not_asked_not_even_to_find_hosts(lab, scanner):
    with wire.Capture(lab.crowd) as seen:
        report.scan(lab, scanner, "-n", "-T4", "-p1-100", "--exclude-ports", "22,80,90-100",
                    "10.87.16.1")
    assert {port for _, port in seen.syns} == {443, *range(1, 90)} - {22, 80}


def test_list_and_dry_run_send_nothing(lab, portolan):
    with wire.Capture(lab.crowd) as crowd, wire.Capture(lab.names) as names:
        for argv in (["-sL", "-n"], ["--dry-run"], ["--dry-run", "-p-"]):
            done = lab.scan(portolan, *argv, "10.87.16.0/28")
            assert done.returncode == 0, done.stderr
    assert not crowd.syns and not names.syns


def test_only_what_was_asked_for_is_asked(lab, scanner):
    with wire.Capture(lab.crowd) as seen:
        report.scan(lab, scanner, "-n", "-Pn", "-p8000-8010", "10.87.16.5", "10.87.16.9")
    assert seen.syns == {(f"10.87.16.{host}", port) for host in (5, 9)
                         for port in range(8000, 8011)}
