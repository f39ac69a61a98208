"""OpenLDAP's slapd: LDAP. Its root says OpenLDAProotDSE, and no version."""
PACKAGES = ["slapd"]


def start(run):
    port, tls = run.port("tcp", 389), run.port("tcp", 636)
    certificate, key = run.certificate()
    conf = run.write("slapd.conf", f"""
include /etc/ldap/schema/core.schema
moduleload back_mdb
modulepath /usr/lib/ldap
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
database mdb
suffix "dc=lab,dc=test"
directory {run.sub("data")}
""")
    run.spawn(["/usr/sbin/slapd", "-d", "0", "-f", conf,
               "-h", f"ldap://0.0.0.0:{port}/ ldaps://0.0.0.0:{tls}/"])
    run.serves("tcp", port, service="ldap", product="OpenLDAP", hidden=run.version("slapd"))
    run.serves("tcp", tls, service="ldap", product="OpenLDAP", hidden=run.version("slapd"),
               tls=True)
