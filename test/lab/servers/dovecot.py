"""Dovecot: imap, imaps, pop3, lmtp, managesieve. It never tells its version."""
PACKAGES = ["dovecot-imapd", "dovecot-pop3d", "dovecot-lmtpd", "dovecot-managesieved"]

CONF = """protocols = imap pop3 lmtp sieve
base_dir = /run/dovecot
log_path = {folder}/dovecot.log
listen = *
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
hostname = lab.test
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = nopassword=no
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service managesieve-login {{
  inet_listener sieve {{
    port = {sieve}
  }}
}}
"""


def start(run):
    certificate, key = run.certificate()
    ports = {name: run.port("tcp", port) for name, port in
             (("imap", 143), ("imaps", 993), ("pop3", 110), ("lmtp", 24), ("sieve", 4190))}
    conf = run.write("dovecot.conf", CONF.format(folder=run.folder, certificate=certificate,
                                                 key=key, **ports))
    run.spawn(["/usr/sbin/dovecot", "-F", "-c", conf])
    hidden = run.version("dovecot-imapd")
    for name, product in (("imap", "Dovecot imapd"), ("pop3", "Dovecot pop3d"),
                          ("lmtp", "Dovecot lmtpd"), ("sieve", "Dovecot Pigeonhole sieved")):
        run.serves("tcp", ports[name], service=name, product=product, hidden=hidden)
    run.serves("tcp", ports["imaps"], service="imap", product="Dovecot imapd", hidden=hidden,
               tls=True)
