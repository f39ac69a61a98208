"""OpenSMTPD: smtp. It never tells its version."""
PACKAGES = ["opensmtpd"]


def start(run):
    port = run.port("tcp", 25)
    run.private("/var/spool/smtpd").chmod(0o711)
    conf = run.write("smtpd.conf", f"listen on 0.0.0.0 port {port} hostname lab.test\n"
                     'action "drop" mbox\nmatch for local action "drop"\n')
    run.spawn(["/usr/sbin/smtpd", "-d", "-f", conf])
    run.serves("tcp", port, service="smtp", product="OpenSMTPD", hidden=run.version("opensmtpd"))
