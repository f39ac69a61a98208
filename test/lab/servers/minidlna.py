"""ReadyMedia (MiniDLNA): UPnP, its description over http"""
PACKAGES = ["minidlna"]


def start(run):
    port = run.port("tcp", 8200)
    conf = run.write("minidlna.conf", f"""
port={port}
network_interface=eth0
media_dir={run.sub("media")}
db_dir={run.sub("db")}
log_dir={run.folder}
friendly_name=lab
""")
    run.spawn(["/usr/sbin/minidlnad", "-S", "-f", conf, "-P", run.folder / "pid"])
    run.serves("tcp", port, service="upnp", product=("MiniDLNA", "ReadyDLNA", "ReadyMedia"), version=run.version("minidlna"))
