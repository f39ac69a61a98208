"""OpenIPMI's simulator: a BMC on the LAN (RMCP)."""
PACKAGES = ["openipmi"]


def start(run):
    port = run.port("udp", 623)
    conf = run.write("lan.conf", f"""
name "lab"
set_working_mc 0x20
  startlan 1
    addr 0.0.0.0 {port}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  user 1 true "" "test" user 10 none md2 md5 straight
""")
    commands = run.write("commands.emu", "mc_setbmc 0x20\n"
                         "mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\n"
                         "mc_enable 0x20\n")
    run.spawn(["/usr/bin/ipmi_sim", "-c", conf, "-f", commands, "-n", "-s", run.sub("state")])
    run.serves("udp", port, service="asf-rmcp", hidden=run.version("openipmi"))
