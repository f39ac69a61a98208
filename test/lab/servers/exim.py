"""Exim: smtp"""
import pathlib

PACKAGES = ["libgnutls-dane0", "libdb5.3", "libidn12", "libpcre2-8-0", "libspf2-2"]
UNPACKED = ["exim4-daemon-light"]   # mail servers cannot be installed together


def start(run):
    port = run.port("tcp", 25)
    root = run.unpacked("exim4-daemon-light")
    # The user whom it is compiled to run as.
    for table, line in (("passwd", "Debian-exim:x:991:991::/nonexistent:/bin/false\n"),
                        ("group", "Debian-exim:x:991:\n")):
        text = pathlib.Path("/etc", table).read_text()
        if "Debian-exim:" not in text:
            run.binds += [str(run.write(table, text + line)), f"/etc/{table}"]
    spool = run.sub("spool")
    spool.chmod(0o777)
    conf = run.write("exim.conf", f"""primary_hostname = lab.test
daemon_smtp_ports = {port}
local_interfaces = 0.0.0.0
spool_directory = {spool}
log_file_path = {spool}/%slog
pid_file_path = {spool}/pid
disable_ipv6 = true
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
begin acl
begin routers
begin transports
begin retry
begin rewrite
begin authenticators
""")
    # It takes a configuration of another name only from root, and then stays root: -C is fine.
    run.spawn([root / "usr/sbin/exim4", "-C", conf, "-bdf"])
    run.serves("tcp", port, service="smtp", product="Exim smtpd",
               version=run.version("exim4-daemon-light"))
