"""Sendmail: smtp. Its version is followed by the configuration's."""
PACKAGES = ["libdb5.3", "libldap-2.5-0", "libmilter1.0.1", "libsasl2-2", "libwrap0", "m4"]
UNPACKED = ["sendmail-bin", "sendmail-cf"]      # mail servers cannot be installed together


def start(run):
    port = run.port("tcp", 25)
    root = run.unpacked("sendmail-bin")
    macros = run.unpacked("sendmail-cf") / "usr/share/sendmail/cf"
    queue = run.sub("queue", mode=0o700)
    source = run.write("sendmail.mc", f"""divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
OSTYPE(`linux')dnl
define(`QUEUE_DIR', `{queue}')dnl
define(`confPID_FILE', `{run.folder}/pid')dnl
define(`ALIAS_FILE', `')dnl
define(`STATUS_FILE', `')dnl
define(`confDOMAIN_NAME', `lab.test')dnl
define(`confTO_IDENT', `0s')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confREFUSE_LA', `1000')dnl
define(`confQUEUE_LA', `1000')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Name=MTA, Family=inet, Port={port}')dnl
MAILER(`smtp')dnl
""")
    conf = run.write("sendmail.cf", run.run(
        ["m4", f"-D_CF_DIR_={macros}/", macros / "m4/cf.m4", source]))
    run.spawn([root / "usr/libexec/sendmail/sendmail", "-bD", "-C", conf,
               "-ODontBlameSendmail=AssumeSafeChown"])
    run.serves("tcp", port, service="smtp", product="Sendmail",
               version=run.version("sendmail-bin"))
