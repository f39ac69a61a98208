"""Exit codes, and what is said on which stream: the same command lines, both programs."""
import pytest

from lab import Lab

S = Lab.SERVERS

MATRIX = {
    "no_arguments": [],
    "help": ["-h"],
    "long_help": ["--help"],
    "version": ["-V"],
    "long_version": ["--version"],
    "unknown_option": ["--no-such-thing", S],
    "unknown_letter": ["-Q", S],
    "missing_value": ["-p"],
    "good": ["-n", "-p22", S],
    "one_dash_long": ["-n", "-open", "-p22", S],
    "prefix": ["-n", "--max-retr", "2", "-p22", S],
    "ambiguous_prefix": ["-n", "--max-r", "2", "-p22", S],
    "underscore": ["-n", "--max_retries", "2", "-p22", S],
    "mixed_order": [S, "-n", "-p", "22"],
    "nothing_up": ["-n", "-sn", Lab.VANISHING],
    "port_too_large": ["-p70000", S],
    "ports_backwards": ["-p30-20", S],
    "no_such_port_name": ["-pnosuchservice", S],
    "two_port_lists": ["-p22", "-p23", S],
    "fast_and_ports": ["-F", "-p22", S],
    "ping_only_with_ports": ["-sn", "-p22", S],
    "list_with_ports": ["-sL", "-p22", S],
    "two_tcp_scans": ["-sT", "-sS", S],
    "syn_without_privilege": ["-sS", S],
    "udp_without_privilege": ["-sU", S],
    "bad_timing": ["-T9", S],
    "bad_time": ["--host-timeout", "1x", S],
    "seconds_by_mistake": ["--max-rtt-timeout", "100", S],
    "rates_crossed": ["--min-rate", "10", "--max-rate", "5", S],
    "parallelism_crossed": ["--min-parallelism", "10", "--max-parallelism", "5", S],
    "bad_exclude": ["--exclude", "1.2.3.4.5", "-sL", "-n", S],
    "missing_list": ["-iL", "/nonexistent/list"],
    "missing_excludes": ["--excludefile", "/nonexistent/list", S],
    "malformed_target": ["-n", "-sL", "10.87.1.999"],
    "no_targets": ["-n", "-p22"],
    "random_and_six": ["-6", "-iR", "5", "-sL", "-n"],
    "six_without_dash_six": ["-6", "-n", "-sL", "10.87.1.1"],
    "unwritable_output": ["-n", "-p22", "-oN", "/nonexistent/folder/file", S],
    "output_name_with_dash": ["-n", "-p22", "-oN", "-x", S],
    "all_to_stdout": ["-n", "-p22", "-oA", "-", S],
    "greeting": ["--thc"],
    "obsolete_ping": ["-n", "-sP", S],
    "obsolete_no_ping": ["-n", "-P0", "-p22", S],
    "fancy_dash": ["\u2013sT", S],
}


@pytest.mark.parametrize("case", MATRIX)
def test_exit_codes_are_nmaps(pair, case):
    # -sL and the vanishing host only: nothing here may be slow. --datadir and
    # --unprivileged are left out where the case is about having no arguments.
    argv = MATRIX[case]
    if argv and argv[0] not in ("-h", "--help", "-V", "--version", "--thc"):
        nmap, ours = pair.both(*argv)
    else:
        nmap, ours = [pair.lab.scan("nmap", *argv, cwd=pair.folder,
                                    environment={"PATH": pair.path[one]}) for one in pair.path]
    assert ours.returncode == nmap.returncode, (nmap.stdout, nmap.stderr, ours.stdout, ours.stderr)
    if nmap.returncode == 0:
        assert bool(ours.stdout) == bool(nmap.stdout)
    else:
        assert bool(ours.stderr) == bool(nmap.stderr), (nmap.stderr, ours.stderr)


# What Nmap after 7.93 refuses, and so do we (features.md CL-08, CL-02).
NEWER = {
    "same_format_twice": ["-n", "-p22", "-oN", "a", "-oN", "b", S],
}


@pytest.mark.parametrize("case", NEWER)
def test_what_newer_nmaps_refuse_is_refused(pair, case):
    done = pair.run("portolan", *NEWER[case])
    assert done.returncode == 1 and done.stderr and not done.stdout
