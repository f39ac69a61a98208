"""Apache httpd: http and https, its version and operating system in full"""
PACKAGES = ["apache2-bin"]


def start(run):
    plain, tls = run.port("tcp", 80), run.port("tcp", 443)
    certificate, key = run.certificate()
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                      for name in ("mpm_event", "authz_core", "dir", "mime", "ssl"))
    run.write("www/index.html", "<p>lab</p>")
    conf = run.write("apache.conf", f"""
{modules}
ServerName lab.test
ServerRoot {run.folder}
DocumentRoot {run.folder}/www
PidFile {run.folder}/pid
DefaultRuntimeDir {run.folder}
Mutex posixsem
User www-data
Group www-data
TypesConfig /dev/null
ErrorLog /dev/stderr
ServerTokens Full
ServerSignature On
Listen {plain}
Listen {tls} https
<VirtualHost *:{tls}>
    SSLEngine on
    SSLCertificateFile {certificate}
    SSLCertificateKeyFile {key}
</VirtualHost>
""")
    run.spawn(["/usr/sbin/apache2", "-X", "-f", conf])
    for port in (plain, tls):
        run.serves("tcp", port, service="http", product="Apache httpd",
                   version=run.version("apache2-bin"), tls=port == tls)
