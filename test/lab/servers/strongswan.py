"""strongSwan: IKE of both versions. It tells neither its name nor a version. On another
port than 500 it takes only what comes behind a marker, as on 4500."""
PACKAGES = ["strongswan-charon"]


def start(run):
    port = run.port("udp", 500)
    conf = run.write("strongswan.conf", f"""charon {{
  port = {port}
  port_nat_t = {run.port("udp", 4500)}
  load = random nonce aes des sha1 sha2 hmac gmp kernel-netlink socket-default stroke
  filelog {{
    log {{
      path = {run.folder}/charon.log
      default = 1
    }}
  }}
}}
""")
    run.spawn(["/usr/lib/ipsec/charon"],
              env={"STRONGSWAN_CONF": conf})
    run.serves("udp", port, service="isakmp", odd=False,
               hidden=run.version("strongswan-charon"))
