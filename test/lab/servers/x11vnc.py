"""x11vnc on an Xvfb: vnc by libvncserver, with a password. It names neither itself nor a
version."""
PACKAGES = ["libavahi-client3", "libvncclient1", "libvncserver1", "libx11-6", "libxdamage1",
            "libxext6", "libxfixes3", "libxi6", "libxinerama1", "libxrandr2", "libxtst6",
            "libbsd0", "libpixman-1-0", "libunwind8", "libxfont2", "x11-xkb-utils", "xkb-data",
            "xserver-common"]
UNPACKED = ["x11vnc", "xvfb", "libgl1", "libglx0", "libglvnd0"]     # see xvfb.py


def start(run):
    port = run.port("tcp", 5900)
    libraries = ":".join(f"{run.unpacked(name)}/usr/lib/x86_64-linux-gnu"
                         for name in UNPACKED[2:])
    run.sub("tmp/.X11-unix", mode=0o1777)
    run.spawn([run.unpacked("xvfb") / "usr/bin/Xvfb", ":9", "-nolisten", "tcp", "-ac",
               "-screen", "0", "320x200x16", "-extension", "GLX"],
              env={"LD_LIBRARY_PATH": libraries})
    run.until((run.folder / "tmp/.X11-unix/X9").exists, "display 9")
    program, password = run.unpacked("x11vnc") / "usr/bin/x11vnc", run.folder / "password"
    run.run([program, "-storepasswd", "portolan", password])
    run.spawn([program, "-noshm", "-display", ":9", "-rfbport", port, "-rfbauth", password,
               "-forever", "-shared", "-noxdamage", "-no6"])
    run.serves("tcp", port, service="vnc", hidden=run.version("x11vnc"))
