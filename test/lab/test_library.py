"""The library: two scans at once in one process (examples/two_scans.c). With
PORTOLAN_EXAMPLE naming a ThreadSanitizer build, a race makes it fail."""
import os
import re


def test_two_scans_at_once_do_not_disturb_each_other(lab, portolan):
    example = os.environ.get("PORTOLAN_EXAMPLE") or portolan.parent / "examples/two_scans"
    # ThreadSanitizer's shadow memory wants addresses that are not random.
    done = lab.scan(example, "1-10000", lab.SERVERS, lab.INNER, prefix=("setarch", "-R"),
                    environment={"TSAN_OPTIONS": "halt_on_error=1:exitcode=66"})
    assert done.returncode == 0, done.stderr
    assert "ThreadSanitizer" not in done.stderr
    found = {(address, int(port))
             for address, port in re.findall(r"^(\S+) (\d+)/tcp is open", done.stdout, re.M)}
    assert found == {(address, port) for address in (lab.SERVERS, lab.INNER)
                     for port, state in lab.truth[address].items()
                     if state == "open" and port <= 10000}
