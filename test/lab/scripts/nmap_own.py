"""Nmap's own scripts, and the servers that make them say something that is the same each time: both
programs run them (test_scripts_nmap.py). Chosen by what Debian's nmap says of the lab's servers."""
from script_case import Case

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d)?"
HTTP_DATE = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"

NMAP_OWN = [
    # Of a host
    Case("fcrdns", "apache", None),
    Case("port-states", "apache", None),
    Case("reverse-index", "apache", None),
    Case("ipidseq", "apache", None),
    # The web
    Case("http-comments-displayer", "apache", 80),
    Case("http-date", "apache", 80, masked=(TIME, r"^-?\d+\.0$", r"; -?\d+s from.*")),
    Case("http-fetch", "apache", 80),
    Case("http-grep", "mercurial", 8000),
    Case("http-headers", "apache", 80, masked=(HTTP_DATE,)),
    Case("http-headers", "jetty", 8080, masked=(HTTP_DATE,)),
    Case("http-malware-host", "caddy", 80),
    Case("http-methods", "apache", 80),
    Case("http-mobileversion-checker", "caddy", 80),
    Case("http-php-version", "php", 8000),
    Case("http-referer-checker", "h2o", 80),
    Case("http-security-headers", "apache", 443),
    Case("http-server-header", "apache", 80),
    Case("http-server-header", "aiohttp", 8080),
    Case("http-title", "apache", 80),
    Case("http-title", "caddy", 80),
    Case("http-trace", "apache", 80),
    Case("http-useragent-tester", "apache", 80),
    Case("http-vuln-cve2011-3192", "h2o", 80, unordered=True),
    # TLS and SSH
    Case("ssh-hostkey", "openssh", 22),
    Case("ssh-auth-methods", "openssh", 22),
    Case("ssh2-enum-algos", "openssh", 22),
    Case("ssl-cert", "apache", 443),
    Case("ssl-cert", "dovecot", 143),
    Case("ssl-date", "apache", 443),
    Case("ssl-enum-ciphers", "apache", 443),
    Case("tls-alpn", "nginx", 443),
    Case("tls-nextprotoneg", "h2o", 443),
    # Mail and talk
    Case("banner", "asyncssh", 22),
    Case("imap-capabilities", "dovecot", 143, unordered=True),
    Case("pop3-capabilities", "dovecot", 110, unordered=True),
    Case("smtp-commands", "postfix", 25),
    Case("smtp-commands", "exim", 25),
    Case("irc-botnet-channels", "bitlbee", 6667),
    Case("xmpp-info", "prosody", 5222, masked=(r"^[0-9a-f-]{20,}$",)),
    Case("stun-info", "coturn", 3478, "udp"),
    # Data
    Case("amqp-info", "rabbitmq", 5672),
    Case("memcached-info", "memcached", 11211, masked=(TIME, r"^[\d.]+$", r"\d+ seconds")),
    Case("mqtt-subscribe", "mosquitto_closed", 1883),
    Case("mysql-info", "mariadb", 3306, masked_keys=("Salt", "Thread ID"), unordered=True),
    Case("redis-info", "redis", 6379, masked=(TIME, r"\d+ seconds", r"^\d+\.\d+$")),
    # Names, times, lists
    Case("dns-nsid", "bind9", 53, "udp"),
    Case("dns-nsid", "knot", 53, "udp"),
    Case("dns-recursion", "pdns_recursor", 53, "udp"),
    Case("dns-service-discovery", "avahi", 5353, "udp"),
    Case("ntp-info", "ntpsec", 123, "udp", masked=(TIME,),
         masked_keys=("clock", "rootdisp", "mintc", "refid", "reftime", "offset", "sys_jitter", "clk_jitter")),
    Case("rpcinfo", "rpcbind", 111),
    Case("dict-info", "dictd", 2628, masked=(r"up \S+, \d+ forks? \(\S+/hour\)",)),
    Case("gopher-ls", "gophernicus", 70),
    Case("coap-resources", "coap_rd", 5683, "udp"),
    Case("epmd-info", "epmd", 4369),
    # Files, logins, machines
    Case("auth-owners", "ident2", 113),
    Case("ftp-anon", "pyftpdlib", 21),
    Case("ftp-syst", "pyftpdlib", 21),
    Case("ipmi-cipher-zero", "ipmi_sim", 623, "udp", unordered=True),
    Case("ipmi-version", "ipmi_sim", 623, "udp"),
    Case("socks-auth-info", "dante", 1080),
    Case("telnet-encryption", "ser2net", 23),
    Case("upnp-info", "miniupnpd", 1900, "udp"),
]
