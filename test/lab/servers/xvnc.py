"""TigerVNC's Xvnc: vnc"""
PACKAGES = ["tigervnc-standalone-server"]


def start(run):
    port = run.port("tcp", 5900)
    run.sub("tmp/.X11-unix", mode=0o1777)
    run.spawn(["Xtigervnc", ":7", "-rfbport", port, "-SecurityTypes", "None", "-localhost=0",
               "-nolisten", "local", "-geometry", "320x200"])
    run.serves("tcp", port, service="vnc", hidden=run.version("tigervnc-standalone-server"))
