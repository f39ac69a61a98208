"""xdm without a display: XDMCP, willing to serve anybody."""
PACKAGES = ["xdm"]


def start(run):
    port = run.port("udp", 177)
    conf = run.write("xdm-config", f"""
DisplayManager.errorLogFile: {run.folder}/errors
DisplayManager.pidFile: {run.folder}/pid
DisplayManager.authDir: {run.sub("auth")}
DisplayManager.servers: {run.write("Xservers", "")}
DisplayManager.accessFile: {run.write("Xaccess", "*" + chr(10))}
DisplayManager.requestPort: {port}
""")
    run.spawn(["/usr/bin/xdm", "-nodaemon", "-config", conf])
    run.serves("udp", port, service="xdmcp", hidden=run.version("xdm"))
