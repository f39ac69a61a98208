"""msmtpd: smtp. It never tells its version."""
PACKAGES = ["libsecret-1-0"]
UNPACKED = ["msmtp-mta"]        # mail servers cannot be installed together


def start(run):
    port = run.port("tcp", 25)
    root = run.unpacked("msmtp-mta")
    run.spawn([root / "usr/bin/msmtpd", "--interface=0.0.0.0", f"--port={port}",
               "--command=/bin/false"])
    run.serves("tcp", port, service="smtp", product="msmtpd", hidden=run.version("msmtp-mta"))
