"""Postfix: smtp. Its banner does not tell a version unless it is asked to."""
PACKAGES = ["libicu72", "libdb5.3", "libsasl2-2", "libnsl2"]
UNPACKED = ["postfix"]      # mail servers cannot be installed together

MASTER = """{port} inet n - n - - smtpd
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def start(run):
    port = run.port("tcp", 25)
    root = run.unpacked("postfix", "/usr/lib/postfix")
    queue, data = run.sub("queue"), run.sub("data", user="daemon")
    for name in ("pid", "public", "private", "active", "incoming", "maildrop"):
        run.sub("queue/" + name, user=None if name == "pid" else "daemon")
    run.write("etc/main.cf", f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = {root}/usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = daemon
setgid_group = games
myhostname = lab.test
inet_protocols = ipv4
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject
smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
alias_maps =
local_recipient_maps =
maillog_file = {run.folder}/maillog
maillog_file_prefixes = {run.folder}
""")
    run.write("etc/master.cf", MASTER.format(port=port))
    run.spawn(["/usr/lib/postfix/sbin/master", "-c", run.folder / "etc", "-d"])
    run.serves("tcp", port, service="smtp", product="Postfix smtpd", hidden=run.version("postfix"))
