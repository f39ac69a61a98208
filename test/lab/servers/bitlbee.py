"""BitlBee: irc, to other networks"""
PACKAGES = ["bitlbee"]


def start(run):
    port = run.port("tcp", 6667)
    conf = run.write("bitlbee.conf", f"[settings]\nRunMode = ForkDaemon\nDaemonPort = {port}\n"
                     f"DaemonInterface = 0.0.0.0\nConfigDir = {run.sub('users')}\n"
                     "HostName = irc.lab.test\n")
    run.spawn(["/usr/sbin/bitlbee", "-n", "-c", conf, "-F", "-p", port])
    run.serves("tcp", port, service="irc", product="BitlBee", version=run.version("bitlbee"))
