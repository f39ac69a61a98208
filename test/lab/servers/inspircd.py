"""InspIRCd: irc. Users are told the first number of its version only."""
PACKAGES = ["inspircd"]


def start(run):
    port = run.port("tcp", 6667)
    conf = run.write("inspircd.conf", f"""<config format="xml">
<server name="irc.lab.test" description="Server of the lab" network="Lab">
<admin name="nobody" nick="nobody" email="nobody@lab.test">
<bind address="*" port="{port}" type="clients">
<connect name="all" allow="*" timeout="60" hardsendq="1M" softsendq="8192" recvq="8192"
 threshold="10" commandrate="1000" localmax="400" globalmax="400" resolvehostnames="no">
<security hideserver="">
<pid file="{run.folder}/pid">
<log method="stderr" level="default" type="*">
""")
    run.spawn(["/usr/sbin/inspircd", "--runasroot", "--nofork", "--config", conf])
    run.serves("tcp", port, service="irc", product="InspIRCd", version="3",
               hidden=run.version("inspircd"))
