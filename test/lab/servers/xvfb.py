"""X.Org's Xvfb: X11, open to everybody. Its port is 6000 and the display's number."""
PACKAGES = ["xvfb"]


def start(run):
    port = run.port("tcp", 6000)
    display = 0 if port == 6000 else port - 6000
    run.sub("tmp/.X11-unix", mode=0o1777)
    run.spawn(["Xvfb", f":{display}", "-listen", "tcp", "-nolisten", "unix", "-nolisten", "local",
               "-ac", "-screen", "0", "320x200x8"])
    run.serves("tcp", port, service="X11", product="X.Org", hidden=run.version("xvfb"))
