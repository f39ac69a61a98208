"""Net-SNMP's agent: versions 1 and 2c in the community "public", version 3's engine."""
PACKAGES = ["snmpd"]


def start(run):
    port = run.port("udp", 161)
    conf = run.write("snmpd.conf", f"agentaddress udp:{port}\nrocommunity public\n"
                     "sysdescr The lab's agent\n")
    run.spawn(["/usr/sbin/snmpd", "-f", "-Lo", "-C", "-c", conf, "-p", run.folder / "pid"],
              env={"SNMP_PERSISTENT_DIR": run.sub("state")})
    run.serves("udp", port, service="snmp", product="net-snmp",
               hidden=run.version("snmpd"))
