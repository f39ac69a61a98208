"""aiosmtpd: smtp"""
PACKAGES = ["python3-aiosmtpd"]


def start(run):
    port = run.port("tcp", 25)
    run.spawn(["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", f"0.0.0.0:{port}",
               "-c", "aiosmtpd.handlers.Sink"])
    run.serves("tcp", port, service="smtp", product="aiosmtpd",
               version=run.version("python3-aiosmtpd"))
