"""Courier: imap and pop3. It never tells its version."""
PACKAGES = ["courier-authlib", "libpcre3", "libcourier-unicode4", "libidn12"]
UNPACKED = ["courier-base", "courier-imap", "courier-pop"]  # not together with other IMAP servers


def start(run):
    imap, pop3 = run.port("tcp", 143), run.port("tcp", 110)
    base, folder = run.unpacked("courier-base"), "usr/lib/courier/courier"
    environment = {"IMAP_CAPABILITY": "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE IDLE",
                   "POP3AUTH": "", "IMAP_EMPTYTRASH": "", "AUTHMODULES": "authdaemon"}
    for port, package, login, mail in (
            (imap, "courier-imap", "imaplogin", "usr/bin/imapd"),
            (pop3, "courier-pop", "courierpop3login", folder + "/courierpop3d")):
        root = run.unpacked(package)
        run.spawn([base / "usr/sbin/couriertcpd", "-address=0", "-maxprocs=200", "-maxperip=200",
                   "-nodnslookup", "-noidentlookup", port, root / folder / login, root / mail,
                   "Maildir"], env=environment)
    run.serves("tcp", imap, service="imap", product="Courier imapd",
               hidden=run.version("courier-imap"))
    run.serves("tcp", pop3, service="pop3", product="Courier pop3d",
               hidden=run.version("courier-pop"))
