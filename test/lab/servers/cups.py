"""CUPS: IPP"""
PACKAGES = ["cups-daemon"]


def start(run):
    port = run.port("tcp", 631)
    run.private("/etc/cups", copy=True)
    run.sub("run/cups")
    conf = run.write("cupsd.conf", f"""
Listen 0.0.0.0:{port}
ServerName lab.test
ServerAlias *
<Location />
Order allow,deny
Allow all
</Location>
""")
    files = run.write("cups-files.conf", f"""
ServerRoot /etc/cups
RequestRoot {run.sub("spool")}
TempDir {run.sub("temp")}
CacheDir {run.sub("cache")}
StateDir {run.sub("state")}
ErrorLog {run.folder}/error
AccessLog {run.folder}/access
PageLog {run.folder}/page
""")
    run.spawn(["/usr/sbin/cupsd", "-f", "-c", conf, "-s", files])
    run.serves("tcp", port, service="ipp", product="CUPS", version="2.4")
