"""leafnode: nntp, started for each connection by inetd"""
PACKAGES = ["leafnode", "openbsd-inetd"]


def start(run):
    port = run.port("tcp", 119)
    run.private("/etc/news", copy=True)
    conf = run.folder / "etc-news/leafnode/config"
    conf.write_text("server = news.invalid\nexpire = 20\nhostname = news.portolan-lab.org\n"
                    "allowstrangers = 42\n")
    conf.chmod(0o640)
    run.private("/var/spool/news", copy=True)
    run.spawn(["/usr/sbin/inetd", "-i", "-R", "0", run.write(
        "inetd.conf", f"{port} stream tcp nowait.400 news /usr/sbin/leafnode leafnode\n")])
    run.serves("tcp", port, service="nntp", product="Leafnode nntpd",
               version=run.version("leafnode"))
