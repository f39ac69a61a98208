"""MIT Kerberos: the key distribution centre and its change of passwords."""
PACKAGES = ["krb5-kdc", "krb5-admin-server"]


def start(run):
    port, password = run.port("tcp", 88), run.port("tcp", 464)
    data = run.sub("data")
    kdc = run.write("kdc.conf", f"""
[kdcdefaults]
	kdc_listen = {port}
	kdc_tcp_listen = {port}
[realms]
	LAB.TEST = {{
		database_name = {data}/principal
		key_stash_file = {data}/stash
		acl_file = {run.write("kadm5.acl", "")}
		kpasswd_listen = {password}
		kadmind_listen = 0.0.0.0:{run.port("tcp", 749)}
	}}
""")
    client = run.write("krb5.conf", "[libdefaults]\n\tdefault_realm = LAB.TEST\n"
                       "[logging]\n\tdefault = STDERR\n")
    env = {"KRB5_CONFIG": client, "KRB5_KDC_PROFILE": kdc}
    run.run(["/usr/sbin/kdb5_util", "create", "-s", "-W", "-r", "LAB.TEST", "-P", "of the lab"],
            env=env)
    run.spawn(["/usr/sbin/krb5kdc", "-n"], env=env)
    run.spawn(["/usr/sbin/kadmind", "-nofork"], env=env)
    for transport in ("tcp", "udp"):
        run.serves(transport, port, service="kerberos-sec", product="MIT Kerberos",
                   hidden=run.version("krb5-kdc"))
        run.serves(transport, password, service="kpasswd5",
                   product="MIT Kerberos kpasswd", hidden=run.version("krb5-kdc"),
                   odd=False, stunnel=False)
