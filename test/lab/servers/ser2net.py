"""ser2net: telnet to a line that echoes"""
PACKAGES = ["ser2net"]


def start(run):
    port = run.port("tcp", 23)
    conf = run.write("ser2net.yaml", f"connection: &none\n  accepter: telnet(rfc2217),tcp,{port}\n"
                     "  connector: echo\n  options:\n    max-connections: 100\n"
                     '    banner: "Line 1\\r\\n"\n')
    run.spawn(["/usr/sbin/ser2net", "-n", "-c", conf, "-P", run.folder / "pid"])
    run.serves("tcp", port, service="telnet", product="ser2net", hidden=run.version("ser2net"))
