"""LPRng: printer"""
PACKAGES = ["lprng"]


def start(run):
    port = run.port("tcp", 515)
    printcap = run.write("printcap", f"lp:sd={run.sub('spool')}:lp=/dev/null:force_localhost\n")
    perms = run.write("lpd.perms", "DEFAULT ACCEPT\n")
    conf = run.write("lpd.conf", f"printcap_path={printcap}\nperms_path={perms}\n")
    run.binds += [str(conf), "/etc/lprng/lpd.conf"]
    run.sub("run/lprng")
    run.spawn(["/usr/sbin/lpd", "-F", "-p", port])
    run.serves("tcp", port, service="printer", product="LPRng",
               hidden=run.version("lprng"), stunnel=False)
