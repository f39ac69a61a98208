"""PoPToP's pptpd"""
PACKAGES = ["pptpd"]


def start(run):
    port = run.port("tcp", 1723)
    conf = run.write("pptpd.conf", f"option {run.write('options', '')}\n"
                     "localip 10.99.0.1\nremoteip 10.99.0.2-9\n")
    run.spawn(["/usr/sbin/pptpd", "--fg", "--conf", conf, "--pidfile", run.folder / "pid"])
    # It has no option for the port.
    run.serves("tcp", port, stunnel=False, service="pptp", product="PoPToP pptpd",
               hidden=run.version("pptpd"), odd=False)
