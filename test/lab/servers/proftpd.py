"""ProFTPD: ftp. Since 1.3.8 "ServerIdent on" without a text does not tell the version."""
PACKAGES = ["libattr1", "libhiredis0.14", "libmemcached11", "libmemcachedutil2",
            "libpcre2-posix3"]
UNPACKED = ["proftpd-core"]     # it and other FTP servers cannot be installed together


def start(run):
    port = run.port("tcp", 21)
    root = run.unpacked("proftpd-core", "/usr/lib/proftpd")
    conf = run.write("proftpd.conf", f"""ServerName "Files of the lab"
ServerType standalone
ServerIdent on
Port {port}
User nobody
Group nogroup
UseIPv6 off
PidFile {run.folder}/pid
ScoreboardFile none
DelayEngine off
WtmpLog off
SystemLog {run.folder}/system.log
TransferLog none
RequireValidShell off
""")
    run.spawn([root / "usr/sbin/proftpd", "-n", "-q", "-c", conf])
    run.serves("tcp", port, service="ftp", product="ProFTPD", hidden=run.version("proftpd-core"))
