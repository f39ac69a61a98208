"""Apache httpd: http and https, its version and operating system in full; below / a site
with what scripts look for: an open status page, a listing, logins, a repository ..."""
import base64
import hashlib

PACKAGES = ["apache2-bin"]

# A picture of one pixel.
ICON = bytes.fromhex("0000010001000101000001002000300000001600000028000000010000000200000001002000"
                     "000000000400000000000000000000000000000000000000ff0000ff00000000")


def site(run):
    """What lies in the site, besides its front page."""
    run.write("www/index.html", "<p>lab</p>")
    run.write("www/robots.txt", "User-agent: *\nDisallow: /private/\nDisallow: /old\n"
                                "Allow: /files/\nDisallow: /tmp/ # not for robots\n")
    run.write("www/favicon.ico", ICON)
    run.write("www/.git/HEAD", "ref: refs/heads/main\n")
    run.write("www/.git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
              '[remote "origin"]\n\turl = https://git.lab.test/lab/site.git\n'
              "\tfetch = +refs/heads/*:refs/remotes/origin/*\n")
    run.write("www/.git/description", "The site of the lab\n")
    run.write("www/.git/COMMIT_EDITMSG", "Add the front page\n")
    run.write("www/.git/info/exclude", "# none\n")
    run.write("www/.gitignore", "vendor/\n__pycache__/\n")
    run.write("www/.env", "APP_NAME=lab\nDB_PASSWORD=not-a-secret\n")
    run.write("www/site.bak", "<p>old</p>")
    run.write("www/files/readme.txt", "read me\n")
    run.write("www/files/more/notes.txt", "notes\n")
    run.write("www/generator.html", "<html><head><title>\n  The  lab &amp; more\n</title>"
              '<meta name="generator" content="Lab Press 4.2"></head><body>lab</body></html>')
    run.write("www/private/index.html", "in")
    run.write("www/digest/index.html", "in")
    run.write("www/cookies/index.html", "cookies")
    run.write("www/cors/index.html", "cors")
    run.write("www/careful/index.html", "careful")
    # Who may log in: lab, with the password "ship". {SHA} is what htpasswd -s writes.
    run.write("users", "lab:{SHA}" + base64.b64encode(hashlib.sha1(b"ship").digest()).decode() + "\n")
    run.write("digests", "lab:lab digest:" + hashlib.md5(b"lab:lab digest:ship").hexdigest() + "\n")


CONFIGURATION = """
<Location /server-status>
    SetHandler server-status
</Location>
<Directory {folder}/www/files>
    Options Indexes
    IndexOptions FancyIndexing
</Directory>
<Location /private>
    AuthType Basic
    AuthName "lab area"
    AuthUserFile {folder}/users
    Require valid-user
</Location>
<Location /digest>
    AuthType Digest
    AuthName "lab digest"
    AuthUserFile {folder}/digests
    Require valid-user
</Location>
Redirect 302 /old /files/
Redirect 302 /elsewhere http://elsewhere.test/
<Location /cookies>
    Header add Set-Cookie "JSESSIONID=0123456789; Path=/"
    Header add Set-Cookie "theme=dark; Path=/; HttpOnly; Secure"
</Location>
<Location /cors>
    Header set Access-Control-Allow-Origin "*"
    Header set Access-Control-Allow-Methods "GET, PUT"
</Location>
<Location /careful>
    Header set X-Frame-Options "SAMEORIGIN"
    Header set X-Content-Type-Options "nosniff"
    Header set X-XSS-Protection "0"
    Header set Content-Security-Policy "default-src 'self'; frame-ancestors 'none'"
    Header set Referrer-Policy "no-referrer"
    Header set Strict-Transport-Security "max-age=31536000; includeSubDomains"
    Header set Cache-Control "no-store"
</Location>
"""


def start(run):
    plain, tls = run.port("tcp", 80), run.port("tcp", 443)
    certificate, key = run.certificate()
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                      for name in ("mpm_event", "authz_core", "authn_core", "authn_file", "authz_user",
                                   "auth_basic", "auth_digest", "alias", "autoindex", "dir", "headers",
                                   "mime", "ssl", "status"))
    site(run)
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
AddType text/html .html
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
{CONFIGURATION.format(folder=run.folder)}
""")
    run.spawn(["/usr/sbin/apache2", "-X", "-f", conf])
    for port in (plain, tls):
        run.serves("tcp", port, service="http", product="Apache httpd",
                   version=run.version("apache2-bin"), tls=port == tls)
