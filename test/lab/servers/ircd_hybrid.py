"""ircd-hybrid: irc"""
PACKAGES = ["dnsmasq-base", "libjansson4", "libltdl7"]
UNPACKED = ["ircd-hybrid"]      # Debian lets only one server of IRC be installed


def start(run):
    port = run.port("tcp", 6667)
    root = run.unpacked("ircd-hybrid", "/usr/lib/ircd-hybrid", "/usr/share/ircd-hybrid")
    for name in ("conf", "logs", "data"):
        run.sub(name, user="daemon")
    run.write("conf/ircd.conf", f"""serverinfo {{
	name = "irc.lab.test";
	description = "Server of the lab";
	network_name = "Lab";
	network_description = "Lab";
	hub = no;
	default_max_clients = 400;
}};
admin {{ name = "nobody"; description = "nobody"; email = "nobody@lab.test"; }};
class {{ name = "users"; ping_time = 90 seconds; number_per_ip_local = 400;
	number_per_ip_global = 400; max_number = 400; sendq = 100 kbytes; }};
listen {{ port = {port}; }};
auth {{ user = "*@*"; class = "users"; flags = no_tilde, exceed_limit; }};
general {{ throttle_count = 1000; throttle_time = 1 second; disable_auth = yes;
	ping_cookie = no; }};
""")
    # It asks for names before all else, and waits long where nobody answers.
    run.spawn(["/usr/sbin/dnsmasq", "-k", "-C", "/dev/null", "-R", "-u", "root",
               "-x", run.folder / "dns.pid"])
    run.spawn([root / "usr/sbin/ircd-hybrid", "-foreground", "-configfile",
               run.folder / "conf/ircd.conf", "-pidfile", run.folder / "data/pid",
               "-logfile", run.folder / "logs/ircd.log", "-klinefile", run.folder / "data/k.db"],
              user="daemon")
    run.serves("tcp", port, service="irc", product="ircd-hybrid",
               version=run.version("ircd-hybrid"))
