"""distcc's daemon"""
PACKAGES = ["distcc"]


def start(run):
    port = run.port("tcp", 3632)
    run.spawn(["distccd", "--daemon", "--no-detach", "--port", port, "--allow", "10.0.0.0/8",
               "--allow", "127.0.0.1", "--user", "nobody", "--log-stderr"])
    run.serves("tcp", port, service="distccd", product="distccd",
               hidden=run.version("distcc"), stunnel=False)
