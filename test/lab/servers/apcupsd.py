"""apcupsd's network information server, with a UPS that is not there"""
PACKAGES = ["apcupsd"]


def start(run):
    port = run.port("tcp", 3551)
    conf = run.write("apcupsd.conf", f"""## apcupsd.conf v1.1 ##
UPSNAME none
UPSCABLE ether
UPSTYPE net
DEVICE 127.0.0.1:3999
LOCKFILE {run.sub('lock')}
SCRIPTDIR {run.sub('scripts')}
PWRFAILDIR {run.folder}
NOLOGINDIR {run.folder}
NETSERVER on
NISIP 0.0.0.0
NISPORT {port}
EVENTSFILE {run.folder}/events
UPSCLASS standalone
UPSMODE disable
""")
    run.spawn(["/sbin/apcupsd", "-b", "-f", conf, "-P", run.folder / "pid"])
    run.serves("tcp", port, service="apcupsd", product="apcupsd",
               version=run.version("apcupsd"), stunnel=False)
