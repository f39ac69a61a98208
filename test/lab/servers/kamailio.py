"""Kamailio: sip over UDP and TCP"""
PACKAGES = ["kamailio"]

CONF = """#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=2
auto_aliases=no
listen=udp:{address}:{udp}
listen=tcp:{address}:{tcp}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
request_route {{
	sl_send_reply("200", "OK");
}}
"""


def start(run):
    tcp, udp = run.port("tcp", 5060), run.port("udp", 5060)
    conf = run.write("kamailio.cfg", CONF.format(tcp=tcp, udp=udp, address="0.0.0.0"))
    run.spawn(["/usr/sbin/kamailio", "-DD", "-E", "-f", conf, "-P", run.folder / "pid",
               "-Y", run.sub("run/kamailio"), "-m", "32", "-M", "4"])
    for transport, port in (("tcp", tcp), ("udp", udp)):
        run.serves(transport, port, service="sip", product="Kamailio",
                   version=run.version("kamailio"))
