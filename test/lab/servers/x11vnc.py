"""x11vnc on an Xvfb: vnc by libvncserver"""
PACKAGES = ["x11vnc", "xvfb"]


def start(run):
    port = run.port("tcp", 5900)
    run.sub("tmp/.X11-unix", mode=0o1777)
    run.spawn(["Xvfb", ":9", "-nolisten", "tcp", "-ac", "-screen", "0", "320x200x16"])
    run.until((run.folder / "tmp/.X11-unix/X9").exists, "display 9")
    run.write("password", b"")
    run.run(["x11vnc", "-storepasswd", "portolan", run.folder / "password"])
    run.spawn(["x11vnc", "-display", ":9", "-rfbport", port, "-rfbauth", run.folder / "password",
               "-forever", "-shared", "-noxdamage", "-no6"])
    run.serves("tcp", port, service="vnc", hidden=run.version("x11vnc"))
