"""xrdp: RDP, without its session manager. Its answer names neither itself nor a version."""
PACKAGES = ["xrdp"]


def start(run):
    port = run.port("tcp", 3389)
    certificate, key = run.certificate()
    conf = run.write("xrdp.ini", f"""[Globals]
ini_version=1
fork=true
port={port}
security_layer=negotiate
crypt_level=high
certificate={certificate}
key_file={key}
autorun=
[Logging]
LogFile={run.folder}/xrdp.log
LogLevel=WARNING
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
ip=127.0.0.1
port=-1
""")
    run.spawn(["/usr/sbin/xrdp", "--nodaemon", "-c", conf])
    run.serves("tcp", port, service="ms-wbt-server",
               hidden=run.version("xrdp"), stunnel=False)
