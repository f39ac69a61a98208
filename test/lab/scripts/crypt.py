"""TLS, SSH, mail, FTP."""
from script_case import Case

SELF_SIGNED = ("tls-certificate-self-signed",)
OLD_TLS = ("tls-old-protocol",)
WEAK_DH = ("tls-weak-dh",)
UNSAFE_DH = ("tls-dh-unsafe-prime",)
CERTIFICATE = {"subject.commonName": r"^lab\.test$", "issuer.commonName": r"^lab\.test$", "pubkey.type": "^rsa$",
               "pubkey.bits": "^2048$", "sig_algo": "^sha256WithRSAEncryption$", "md5": "^[0-9a-f]{32}$",
               "sha1": "^[0-9a-f]{40}$", "validity.notAfter": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$",
               "pem": "BEGIN CERTIFICATE"}
NO_TIME = "^TLS randomness does not represent time$"
CLEAR = ("cleartext-login",)


def certificates(server, *ports, findings=SELF_SIGNED, values=None):
    return [Case("ssl-cert", server, port, findings=findings, same_as_nmap=True, values=values or CERTIFICATE)
            for port in ports]


def suites(server, *ports, findings=(), least="^A$", values=None):
    return [Case("ssl-enum-ciphers", server, port, findings=findings, same_as_nmap=True,
                 values=values or {"least strength": least}) for port in ports]


CASES = [
    *certificates("nginx", 443),
    *certificates("openssl_server", 4433),
    *certificates("gnutls_serv", 5556),
    *certificates("slapd", 389, 636),
    *certificates("dovecot", 110, 143, 993),
    # Debian's Exim makes its own at each start, Nmap has no STARTTLS for ManageSieve and RDP.
    Case("ssl-cert", "exim", 25, findings=SELF_SIGNED, same_as_nmap=True,
         values={"subject.organizationName": "^Exim Developers$", "pubkey.bits": "^3072$"}),
    Case("ssl-cert", "dovecot", 4190, findings=SELF_SIGNED, values=CERTIFICATE),
    Case("ssl-cert", "xrdp", 3389, findings=SELF_SIGNED, values=CERTIFICATE),
    Case("ssl-cert", "speaker:tls_expired", 443, findings=("tls-certificate-expired",), same_as_nmap=True,
         values={"pubkey.type": "^ec$", "pubkey.ecdhparams.curve_params.curve": "^prime256v1$",
                 "issuer.commonName": "^Authority$", "pubkey.modulus": None}),
    # No TLS library agrees with it on anything: the certificate is taken from its hello.
    Case("ssl-cert", "speaker:tls_hello", 443, same_as_nmap=True,
         findings=SELF_SIGNED + ("tls-certificate-weak-key", "tls-certificate-weak-signature"),
         values={"pubkey.bits": "^1024$", "sig_algo": "^sha1WithRSAEncryption$"}),
    Case("ssl-cert", "nginx", 80, silent=True),

    *suites("nginx", 443, values={"TLSv1.2.cipher preference": "^client$", "TLSv1.2.compressors.1": "^NULL$",
                                  "least strength": "^A$", "TLSv1.0": None}),
    *suites("openssl_server", 4433, values={
        "TLSv1.3.ciphers.1.name": "^TLS_AKE_WITH_AES_128_GCM_SHA256$", "TLSv1.3.compressors": None,
        "TLSv1.3.ciphers.1.kex_info": "^ecdh_x25519$", "least strength": "^A$"}),
    *suites("gnutls_serv", 5556, findings=OLD_TLS),
    *suites("slapd", 389, 636, findings=OLD_TLS),
    *suites("dovecot", 110, 143, 993),
    # Nmap gives up on it: it takes only so many connections a while.
    Case("ssl-enum-ciphers", "exim", 25, findings=OLD_TLS, values={"least strength": "^A$"}),
    # Not as Nmap's: it takes the size of export keys for bytes ("rsa 64").
    Case("ssl-enum-ciphers", "speaker:tls_hello", 443, findings=OLD_TLS + (
        "tls-sslv3", "tls-compression", "tls-anonymous-cipher", "tls-null-cipher", "tls-export-cipher", "tls-rc4",
        "tls-weak-dh", "tls-64-bit-blocks"), values={
            "SSLv3.ciphers.1.name": "^TLS_RSA_WITH_RC4_128_SHA$", "SSLv3.ciphers.1.kex_info": "^rsa 1024$",
            "SSLv3.ciphers.4.kex_info": "^rsa 512$", "SSLv3.compressors.1": "^DEFLATE$",
            "SSLv3.cipher preference": "^server$", "TLSv1.0.warnings.1": "SWEET32", "least strength": "^F$"}),
    Case("ssl-enum-ciphers", "nginx", 80, silent=True),

    # Its own words where Nmap's describe; all else is the same.
    *[Case("ssl-dh-params", "speaker:tls_dh", port, findings=found, values=values, same_as_nmap=True,
           unordered=port == 636, masked_keys=("description",)) for port, found, values in (
        (443, WEAK_DH, {"NMAP-2.check_results.1": r"^WEAK DH GROUP 1\n(.*\n)*.*: RFC2409/Oakley Group 2\n.*: 1024\n"}),
        (465, WEAK_DH, {"NMAP-2.check_results.1": r"\n +Modulus Type: Safe prime\n.*: Unknown/Custom-generated\n"}),
        (636, WEAK_DH + ("tls-export-cipher",), {"CVE-2015-4000.check_results.1": r"EXPORT-GRADE(.*\n)*.*: 512\n"}),
        (989, ("tls-anonymous-cipher",), {"NMAP-1.check_results.1": "ANONYMOUS DH GROUP 1\n"}),
        (992, WEAK_DH + UNSAFE_DH, {"NMAP-2.check_results.1": "Non-safe prime",
                                    "NMAP-3.state": "^LIKELY VULNERABLE$"}),
        (993, WEAK_DH + UNSAFE_DH, {"NMAP-3.check_results.1": "NON-SAFE GROUP 1\n(.*\n)*.*Composite"}))],
    Case("ssl-dh-params", "speaker:tls_dh", 990, silent=True, same_as_nmap=True),
    # Nmap's calls no group weak that has more than 1024 bits.
    Case("ssl-dh-params", "speaker:tls_dh", 995, silent=True, findings=WEAK_DH),
    Case("ssl-dh-params", "openssl_server", 4433, silent=True, same_as_nmap=True),
    Case("ssl-dh-params", "openssl_dh", 4433, findings=WEAK_DH, same_as_nmap=True, masked_keys=("description",),
         values={"NMAP-2.check_results.1": "Modulus Length: 1024\n"}),
    Case("ssl-dh-params", "nginx", 80, silent=True),

    Case("ssl-date", "nginx", 443, text=NO_TIME, same_as_nmap=True),
    Case("ssl-date", "dovecot", 110, text=NO_TIME, same_as_nmap=True),
    Case("ssl-date", "speaker:tls_hello", 443, same_as_nmap=True, masked=(r"\d\d:\d\d:\d\d", r"^-?\d\.0$"),
         values={"date": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$", "delta": r"^-?[01]\.0$"}),
    Case("tls-alpn", "nginx", 443, same_as_nmap=True, values={"1": r"^http/1\.1$", "2": r"^http/1\.0$"}),
    Case("tls-alpn", "openssl_server", 4433, silent=True, same_as_nmap=True),
    Case("ssl-known-key", "speaker:tls_known_key", 443, findings=("tls-known-key",),
         text=r"^Found in python3-tornado: test\.key \(SHA-1: ([0-9a-f]{4} ){9}[0-9a-f]{4}\)$"),
    Case("ssl-known-key", "nginx", 443, silent=True),

    Case("ssh-hostkey", "openssh", 22, same_as_nmap=True, values={
        "1.type": "^ssh-ed25519$", "1.bits": "^256$", "1.fingerprint": "^[0-9a-f]{32}$", "1.key": "^AAAA"}),
    Case("ssh-hostkey", "openssh", 22, args="ssh_hostkey=all", same_as_nmap=True,
         text=r"(?s)SHA256:.*\+--\[ED25519  256\]----\+.*ssh-ed25519 AAAA"),
    Case("ssh-hostkey", "paramiko", 22, same_as_nmap=True, values={"1.type": "^ssh-rsa$", "1.bits": "^2048$"}),
    Case("ssh-hostkey", "asyncssh", 22, same_as_nmap=True),
    # Nmap's script waits for it in vain.
    Case("ssh-hostkey", "dropbear", 22, values={"1.type": "^ssh-ed25519$"}),
    Case("ssh-hostkey", "speaker:ssh_old", 22, findings=("ssh-weak-host-key",), text=r"1024 [0-9a-f]{32} \(DSA\)",
         values={"1.bits": "^1024$", "2.type": "^ssh-dss$"}),

    Case("ssh2-enum-algos", "openssh", 22, findings=("ssh-weak-mac",), same_as_nmap=True, values={
        "server_host_key_algorithms.1": "^ssh-ed25519$", "compression_algorithms.1": "^none$"}),
    Case("ssh2-enum-algos", "dropbear", 22, same_as_nmap=True,
         findings=("ssh-weak-kex", "ssh-weak-host-key-algorithm", "ssh-weak-mac")),
    Case("ssh2-enum-algos", "paramiko", 22, same_as_nmap=True,
         findings=("ssh-weak-kex", "ssh-weak-host-key-algorithm", "ssh-weak-cipher", "ssh-weak-mac")),
    Case("ssh2-enum-algos", "asyncssh", 22, findings=("ssh-weak-kex", "ssh-weak-mac"), same_as_nmap=True),
    Case("ssh2-enum-algos", "speaker:ssh_old", 22, same_as_nmap=True,
         findings=("ssh-weak-kex", "ssh-weak-host-key-algorithm", "ssh-weak-cipher", "ssh-weak-mac"),
         values={"encryption_algorithms_client_to_server.4": "^arcfour$", "encryption_algorithms": None}),

    Case("ssh-auth-methods", "openssh", 22, findings=("ssh-password-login",), same_as_nmap=True,
         values={"Supported authentication methods.1": "^publickey$"}),
    Case("ssh-auth-methods", "paramiko", 22, findings=("ssh-password-login",), same_as_nmap=True,
         values={"Supported authentication methods.1": "^password$"}),
    Case("ssh-auth-methods", "dropbear", 22, findings=("ssh-password-login",), same_as_nmap=True),
    Case("ssh-auth-methods", "asyncssh", 22, same_as_nmap=True),
    Case("ssh-auth-methods", "speaker:ssh_open", 22, findings=("ssh-no-authentication",),
         values={"Supported authentication methods.1": "^none_auth$"}),
    # Nmap's goes on in SSH 1, which the speaker does not speak, and then says nothing.
    Case("sshv1", "speaker:ssh_old", 22, findings=("ssh-protocol-1",),
         text="^Server supports SSHv1$"),
    Case("sshv1", "openssh", 22, silent=True, same_as_nmap=True),

    Case("ftp-anon", "vsftpd", 21, findings=("ftp-anonymous",), same_as_nmap=True,
         text=r"^Anonymous FTP login allowed \(FTP code 230\)$"),
    Case("ftp-anon", "pyftpdlib", 21, findings=("ftp-anonymous",), same_as_nmap=True),
    Case("ftp-anon", "pure_ftpd", 21, findings=("ftp-anonymous",), same_as_nmap=True),
    Case("ftp-anon", "proftpd", 21, silent=True, same_as_nmap=True),
    Case("ftp-anon", "speaker:ftp_writable", 21, findings=("ftp-anonymous",), same_as_nmap=True,
         text=r"file00(.|\n)*incoming \[NSE: writeable\]"),
    Case("ftp-syst", "vsftpd", 21, same_as_nmap=True, masked=("client count was \\d+",),
         values={"STAT": r"^\nFTP server status:\n", "SYST": None}),
    Case("ftp-syst", "pyftpdlib", 21, same_as_nmap=True, values={"STAT": "Connected to"}),
    Case("ftp-syst", "pure_ftpd", 21, silent=True, same_as_nmap=True),

    # Masked: the name that the client gives itself.
    *[Case("smtp-commands", server, 25, text=text, same_as_nmap=True,
           masked=(r"nmap\.scanme\.org|portolan\.test",)) for server, text in (
               ("postfix", "^lab.test, PIPELINING, SIZE"), ("opensmtpd", "\n 2.0.0 This is OpenSMTPD"),
               ("exim", "\n Commands supported: AUTH STARTTLS"), ("sendmail", "^lab.test Hello "),
               ("aiosmtpd", "8BITMIME"))],
    Case("smtp-strangeport", "speaker:smtp_plain", 2600, version=True, findings=("smtp-strange-port",),
         same_as_nmap=True, text="^Mail server on unusual port: possible malware$"),
    Case("smtp-strangeport", "postfix", 25, version=True, silent=True, same_as_nmap=True),
    # Nmap's have them in no order, and the words of the answer's last line among them.
    Case("imap-capabilities", "dovecot", 143, text="^IMAP4rev1 .* STARTTLS LOGINDISABLED$"),
    Case("imap-capabilities", "dovecot", 993, text="^IMAP4rev1 .* AUTH=PLAIN$"),
    Case("imap-capabilities", "courier", 143, text="^IMAP4rev1 UIDPLUS CHILDREN NAMESPACE"),
    Case("imap-capabilities", "cyrus", 143, text="^IMAP4rev1 LITERAL"),
    Case("pop3-capabilities", "dovecot", 110, text="^CAPA TOP UIDL"),
    Case("pop3-capabilities", "courier", 110, text=r"IMPLEMENTATION\(Courier Mail Server\)"),
    Case("pop3-capabilities", "cyrus", 110, text=r"SASL\(PLAIN\) .* APOP$"),

    *[Case("cleartext-login", server, port, findings=CLEAR, values={"protocol": protocol, "TLS offered": tls})
      for server, port, protocol, tls in (
          ("vsftpd", 21, "^ftp$", "^false$"), ("pure_ftpd", 21, "^ftp$", "^true$"), ("courier", 110, "^pop3$", "^false$"),
          ("cyrus", 143, "^imap$", "^false$"), ("openbsd_inetd", 23, "^telnet$", "^false$"),
          ("speaker:smtp_plain", 25, "^smtp$", "^false$"))],
    *[Case("cleartext-login", server, port, silent=True) for server, port in (
        ("dovecot", 110), ("dovecot", 143), ("postfix", 25), ("exim", 25))],
]
