"""Web servers and proxies, and the first words of any service."""
from script_case import Case

HTTP_DATE = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]00:00"
APACHE = r"^Apache/2\.4\.\d+ \(Debian\) OpenSSL/3\."
NOT_FOUND = r"Site doesn't have a title"

CASES = [
    Case("banner", "openssh", 22, same_as_nmap=True, text=r"^SSH-2\.0-OpenSSH_"),
    Case("banner", "vsftpd", 21, same_as_nmap=True, text=r"^220 \(vsFTPd 3"),
    Case("banner", "postfix", 25, same_as_nmap=True, text="^220 lab.test ESMTP Postfix"),
    Case("banner", "dovecot", 143, same_as_nmap=True, text=r"^\* OK \[CAPABILITY [^\n]+\n"),
    # Bytes that are no letters, in two lines; what is random is of any length.
    Case("banner", "mariadb", 3306, text=r"\\x00\\x0A5\.5\.5-10\.11[^\n]*\n.*\.\.\.\n$"),
    Case("banner", "nginx", 80, silent=True, same_as_nmap=True, args="banner.timeout=1s"),

    # A title that needs no cleaning, one that does, none, one behind a redirect and over TLS.
    Case("http-title", "nginx", 80, same_as_nmap=True, values={"title": "^403 Forbidden$"}),
    Case("http-title", "apache", 80, same_as_nmap=True, args="http-title.url=/generator.html",
         values={"title": r"^\n  The  lab &amp; more\n$"}, text="^  The  lab &amp; more$"),
    Case("http-title", "apache", 80, same_as_nmap=True, text=r"^Site doesn't have a title \(text/html\)\.$"),
    Case("http-title", "apache", 443, same_as_nmap=True, args="http-title.url=/old",
         values={"title": "^Index of /files$", "redirect_url": "^https://.*/files/$"}),
    Case("http-title", "apache", 80, same_as_nmap=True, args="http-title.url=/elsewhere",
         values={"title": None, "redirect_url": "^http://elsewhere.test/$"}, text="^Did not follow redirect"),
    Case("http-title", "caddy", 443, same_as_nmap=True, text=NOT_FOUND),
    Case("http-title", "tomcat", 8080, same_as_nmap=True, values={"title": "404"}),
    Case("http-title", "jetty", 8080, same_as_nmap=True, values={"title": "404|Error"}),

    Case("http-headers", "apache", 80, same_as_nmap=True, masked=(HTTP_DATE,), args="http-headers.path=/careful/",
         text=r"\n  X-Frame-Options: SAMEORIGIN\n(.*\n)*  \n  \(Request type: HEAD\)\n$"),
    Case("http-headers", "apache", 80, same_as_nmap=True, masked=(HTTP_DATE,), args="http-headers.useget=1",
         text=r"\(Request type: GET\)\n$"),
    # A front page that is refused is asked for with GET.
    Case("http-headers", "nginx", 443, same_as_nmap=True, masked=(HTTP_DATE,), text=r"\(Request type: GET\)\n$"),

    Case("http-methods", "apache", 80, same_as_nmap=True, unordered=True, findings=("http-trace",),
         values={"Supported Methods": "^HEAD$", "Potentially risky methods.1": "^TRACE$", "Path tested": None}),
    Case("http-methods", "apache", 443, same_as_nmap=True, unordered=True, findings=("http-trace",),
         args="http-methods.url-path=/cors/,http-methods.retest=1",
         values={"Path tested": "^/cors/$", "Status Lines.TRACE": "^HTTP/1.1 200 OK$"}),
    Case("http-methods", "nginx", 80, same_as_nmap=True,
         values={"Supported Methods.3": "^POST$", "Potentially risky methods": None}),
    Case("http-methods", "speaker:inner_web", 8080, same_as_nmap=True, findings=("http-writing-methods",),
         values={"Potentially risky methods": "^PUT$"}),

    Case("http-trace", "apache", 80, same_as_nmap=True, findings=("http-trace",), text="^TRACE is enabled$"),
    Case("http-trace", "nginx", 80, same_as_nmap=True, silent=True),

    Case("http-robots.txt", "apache", 80, same_as_nmap=True,
         text=r"^3 disallowed entries \n/private/ /old /tmp/$"),
    Case("http-robots.txt", "nginx", 80, same_as_nmap=True, silent=True),

    Case("http-server-header", "apache", 80, same_as_nmap=True, values={"1": APACHE}),
    Case("http-server-header", "h2o", 80, same_as_nmap=True, values={"1": "^h2o/"}),

    # What headers mean Nmap says in words of its own; without meanings both say the same.
    Case("http-security-headers", "nginx", 443, same_as_nmap=True, findings=("https-without-hsts",),
         values={"Strict_Transport_Security.1": "^HSTS not configured"}),
    Case("http-security-headers", "apache", 443, args="http-security-headers.path=/careful/", values={
        "Strict_Transport_Security.1": "^Header: Strict-Transport-Security: max-age=31536000",
        "X_Frame_Options.2": "same origin", "X_XSS_Protection.2": "turned off",
        "Content_Security_Policy.3": "in a frame", "Cache_Control.1": "no-store"}),
    Case("http-security-headers", "apache", 443,
         findings=("https-without-hsts", "http-missing-security-headers"), values={"X_Frame_Options": None}),

    Case("http-git", "apache", 80, same_as_nmap=True, findings=("http-exposed-git",),
         text=r"/\.git/\n    Git repository found!\n", values={}),
    Case("http-git", "nginx", 80, same_as_nmap=True, silent=True),

    # Nmap's list of icons has no newer ones.
    Case("http-favicon", "jetty", 8080, text="^Jetty$"),
    Case("http-favicon", "mercurial", 8000, text="^Mercurial$"),
    Case("http-favicon", "apache", 80, same_as_nmap=True,
         text="^Unknown favicon MD5: 27D79CA724BF46C9280E39D1A12A818F$"),
    Case("http-favicon", "nginx", 80, same_as_nmap=True, silent=True),

    Case("http-generator", "apache", 80, same_as_nmap=True, args="http-generator.path=/generator.html",
         text=r"^Lab Press 4\.2$"),
    Case("http-generator", "apache", 80, same_as_nmap=True, silent=True),

    Case("http-auth", "apache", 80, same_as_nmap=True, args="http-auth.path=/private/",
         findings=("cleartext-login",), values={"1.scheme": "^Basic$", "1.params.realm": "^lab area$"}),
    Case("http-auth", "apache", 443, same_as_nmap=True, args="http-auth.path=/digest/", masked_keys=("nonce",),
         values={"1.scheme": "^Digest$", "1.params.qop": "^auth$"}),
    Case("http-auth", "apache", 443, args="http-auth.path=/private/", values={"1.scheme": "^Basic$"}),
    Case("http-auth", "apache", 80, same_as_nmap=True, silent=True),

    # Nmap's script asks for the front page only.
    Case("http-cors", "apache", 80, args="http-cors.path=/cors/", text="^GET PUT$",
         findings=("http-cors-any-origin",)),
    Case("http-cors", "apache", 80, same_as_nmap=True, silent=True),

    # No connection to anywhere else is tried, so Nmap's script (which asks for a page of the
    # Internet) says nothing here.
    Case("http-open-proxy", "privoxy", 8118, findings=("open-proxy",),
         text="^Potentially OPEN proxy.\nMethods supported: GET HEAD CONNECTION$"),
    Case("http-open-proxy", "tinyproxy", 8888, findings=("open-proxy",), text="GET HEAD CONNECTION$"),
    Case("http-open-proxy", "squid", 3128, silent=True),
    Case("http-open-proxy", "tomcat", 8080, silent=True),

    # Lists of paths are not the same.
    Case("http-enum", "apache", 80, values={
        "/robots.txt": "^Robots file$", "/.env": "Environment", "/files/": "directory listing$",
        "/private/": "401 Unauthorized", "/.gitignore": "Git"},
        findings=("http-exposed-git", "http-exposed-env", "http-exposed-backup", "http-exposed-status",
                  "http-directory-listing")),
    Case("http-enum", "nginx", 443, values={"/nginx_status": "^Status of nginx$", "/.git/HEAD": None},
         findings=("http-exposed-status", "http-directory-listing")),
    Case("http-enum", "tomcat", 8080, silent=True),

    Case("http-date", "apache", 80, same_as_nmap=True, masked=(DATE, r"^-?\d+\.0$", HTTP_DATE, r"; -?\d+s from"),
         values={"date": DATE, "delta": r"^-?[0-2]\.0$"}),
    Case("http-date", "nginx", 443, same_as_nmap=True, masked=(DATE, r"^-?\d+\.0$"), values={"date": DATE}),

    Case("http-cookie-flags", "apache", 80, same_as_nmap=True, args="http-cookie-flags.path=/cookies/",
         findings=("http-cookie-flags",), values={
             "/cookies/.JSESSIONID.1": "^httponly flag not set$", "/cookies/.theme": None}),
    Case("http-cookie-flags", "apache", 443, args="http-cookie-flags.path=/cookies/",
         findings=("http-cookie-flags",), values={
             "/cookies/.JSESSIONID.1": "^secure flag not set and HTTPS in use$"}),
    Case("http-cookie-flags", "apache", 80, same_as_nmap=True, silent=True),

    # Nmap's tells of pictures that PHP has had no more since 5.5, wherever there are none.
    Case("http-php-version", "php", 8000, findings=("http-php-version",),
         text=r"^Version from header x-powered-by: PHP/8\.2\."),
    Case("http-php-version", "nginx", 80, silent=True),

    Case("http-webdav-scan", "speaker:inner_web", 8080, findings=("http-directory-listing",), values={
        "Allowed Methods": "PROPFIND", "Public Options": "PUT", "Server Type": "^Lab/1.0$",
        "Directory Listing.2": "plan.txt$", "Exposed Internal IPs.1": r"^192\.168\.7\.9$"}),
    Case("http-webdav-scan", "nginx", 80, same_as_nmap=True, silent=True),

    Case("http-ls", "apache", 80, same_as_nmap=True, args="http-ls.url=/files/", findings=("http-directory-listing",),
         values={"volumes.1.files.2.filename": "^more/notes.txt$", "total.bytes": "^14$"},
         text=r"^Volume /files/\nSIZE  TIME              FILENAME\n-     \d{4}"),
    Case("http-ls", "nginx", 80, same_as_nmap=True, args="http-ls.url=/files/", findings=("http-directory-listing",),
         values={"volumes.1.files.3.filename": "^read%20me.txt$"}),
    # Nmap's does not know these listings.
    Case("http-ls", "lighttpd", 80, args="http-ls.url=/files/", findings=("http-directory-listing",),
         values={"volumes.1.files.2.filename": "^more/notes.txt$", "volumes.1.files.2.size": "^0.1K$"}),
    Case("http-ls", "apache", 80, same_as_nmap=True, silent=True),

    Case("http-apache-server-status", "apache", 80, same_as_nmap=True, findings=("http-exposed-status",),
         # Which hosts are named depends on who asked for what just before.
         masked_keys=("Server Uptime", "Server Load", "VHosts"), values={
             "Server Version": APACHE, "VHosts.1": r"^lab\.test:(80|443)$", "Heading": "^Apache Server Status for"}),
    Case("http-apache-server-status", "nginx", 80, same_as_nmap=True, silent=True),

    Case("http-internal-ip-disclosure", "speaker:inner_web", 8080, same_as_nmap=True,
         findings=("http-internal-address",), values={"Internal IP Leaked": r"^192\.168\.7\.9$"}),
    Case("http-internal-ip-disclosure", "apache", 80, same_as_nmap=True, silent=True),
]
