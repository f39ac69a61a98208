"""Cyrus: imap, pop3, lmtp, managesieve"""
PACKAGES = ["libclamav12", "libical3", "libicu72", "libpq5", "libxapian30", "libzephyr4",
            "libpcre3", "libsasl2-2", "libwrap0"]
UNPACKED = ["cyrus-common", "cyrus-imapd", "cyrus-pop3d"]   # not with other IMAP servers
HEAVY = True

SERVERS = (("imap", 143, "cyrus-imapd", "imapd", "Cyrus imapd"),
           ("pop3", 110, "cyrus-pop3d", "pop3d", "Cyrus pop3d"),
           ("lmtp", 24, "cyrus-common", "lmtpd -a", "Cyrus lmtpd"),
           ("sieve", 4190, "cyrus-common", "timsieved", "Cyrus timsieved"))


def start(run):
    common = run.unpacked("cyrus-common")
    services = ""
    for name, standard, package, command, product in SERVERS:
        port = run.port("tcp", standard)
        root = run.unpacked(package)
        program = f"{root}/usr/lib/cyrus/bin/{command} -C {run.folder}/imapd.conf"
        services += (f'  {name} cmd="{program}" '
                     f'listen="0.0.0.0:{port}" proto="tcp4" prefork=0 maxchild=200\n')
        run.serves("tcp", port, service=name, product=product,
                   version=run.version("cyrus-common"))
    state = run.sub("state", user="daemon")
    for name in ("db", "proc", "socket", "log", "msg", "lock", "mail", "sieve"):
        run.sub("state/" + name, user="daemon")
    run.write("imapd.conf", f"""configdirectory: {state}
defaultpartition: default
partition-default: {state}/mail
sievedir: {state}/sieve
proc_path: {state}/proc
mboxname_lockpath: {state}/lock
lmtpsocket: {state}/socket/lmtp
idlesocket: {state}/socket/idle
notifysocket: {state}/socket/notify
statuscache: 0
cyrus_user: daemon
servername: lab.test
sasl_pwcheck_method: auxprop
sasl_mech_list: PLAIN
allowplaintext: yes
""")
    run.write("cyrus.conf", f"START {{\n}}\nSERVICES {{\n{services}}}\nEVENTS {{\n}}\n")
    environment = {"LD_LIBRARY_PATH": common / "usr/lib/x86_64-linux-gnu", "CYRUS_USER": "daemon",
                   "CYRUS_VERBOSE": "1"}
    run.spawn([common / "usr/lib/cyrus/bin/master", "-C", run.folder / "imapd.conf",
               "-M", run.folder / "cyrus.conf", "-p", run.folder / "pid", "-D"], env=environment)
