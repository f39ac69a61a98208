"""TigerVNC's Xvnc: vnc without a password. It names neither itself nor a version."""
PACKAGES = ["libbsd0", "libjpeg62-turbo", "libpixman-1-0", "libunwind8", "libxau6", "libxdmcp6",
            "libxfont2", "libx11-6", "x11-xkb-utils", "xkb-data"]
# With all that Debian wants for its OpenGL it would weigh 220 MB.
UNPACKED = ["tigervnc-standalone-server", "libgl1", "libglx0", "libglvnd0"]


def start(run):
    port = run.port("tcp", 5900)
    libraries = ":".join(f"{run.unpacked(name)}/usr/lib/x86_64-linux-gnu"
                         for name in UNPACKED[1:])
    run.sub("tmp/.X11-unix", mode=0o1777)
    run.spawn([run.unpacked("tigervnc-standalone-server") / "usr/bin/Xtigervnc", ":7",
               "-rfbport", port, "-SecurityTypes", "None", "-localhost=0", "-nolisten", "local",
               "-geometry", "320x200", "-extension", "GLX"],
              env={"LD_LIBRARY_PATH": libraries})
    run.serves("tcp", port, service="vnc", hidden=run.version("tigervnc-standalone-server"))
