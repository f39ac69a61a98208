"""X.Org's Xvfb: X11, open to everybody. Its port is 6000 and the display's number."""
PACKAGES = ["libbsd0", "libpixman-1-0", "libunwind8", "libxau6", "libxdmcp6", "libxfont2",
            "libx11-6", "x11-xkb-utils", "xkb-data", "xserver-common"]
# With all that Debian wants for its OpenGL it would weigh 220 MB.
UNPACKED = ["xvfb", "libgl1", "libglx0", "libglvnd0"]


def start(run):
    port = run.port("tcp", 6000)
    display = 0 if port == 6000 else port - 6000
    libraries = ":".join(f"{run.unpacked(name)}/usr/lib/x86_64-linux-gnu"
                         for name in UNPACKED[1:])
    run.sub("tmp/.X11-unix", mode=0o1777)
    run.spawn([run.unpacked("xvfb") / "usr/bin/Xvfb", f":{display}", "-listen", "tcp",
               "-nolisten", "unix", "-nolisten", "local", "-ac", "-screen", "0", "320x200x8",
               "-extension", "GLX"], env={"LD_LIBRARY_PATH": libraries})
    run.serves("tcp", port, service="X11", product="X.Org",
               hidden=run.version("xvfb"), stunnel=False)
