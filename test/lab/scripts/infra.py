"""Windows and RPC, network services, remote desktops, discovery."""
from script_case import Case

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
SIGNING = ("smb-signing-not-required",)

NAMES = [
    Case("dns-nsid", "unbound", 53, "udp", values={"bind.version": r"^unbound \d", "id.server": "^lab$"},
         findings=("dns-version-shown",), same_as_nmap=True),
    Case("dns-nsid", "pdns_recursor", 53, "udp", values={"NSID.raw": "^lab$", "NSID.hex": "^6c6162$"},
         findings=("dns-version-shown",), same_as_nmap=True),
    Case("dns-nsid", "bind9", 53, "udp", values={"bind.version": "^9[.]"}, findings=("dns-version-shown",),
         same_as_nmap=True),
    Case("dns-recursion", "unbound", 53, "udp", text="Recursion appears to be enabled",
         findings=("dns-open-resolver",), same_as_nmap=True),
    Case("dns-recursion", "nsd", 53, "udp", silent=True, same_as_nmap=True),
    Case("dns-service-discovery", "avahi", 5353, "udp", text=r"80/tcp http\n +Address=10[.]",
         findings=("mdns-answers-unicast",), same_as_nmap=True, masked=(" fe80::[0-9a-f:]+",)),
    # Nmap's asks for the host's address only; no name server of the lab knows it.
    Case("fcrdns", "nginx", None, text="No PTR record", same_as_nmap=True),
]

SNMP = [
    Case("snmp-info", "snmpd", 161, "udp", values={"enterprise": "^net-snmp$", "engineIDData": "^[0-9a-f]{20,}$"},
         same_as_nmap=True, masked=("[0-9a-f]{24}", r"\d+s")),
    Case("snmp-sysdescr", "snmpd", 161, "udp", text="^The lab's agent\n  System uptime: ",
         findings=("snmp-public-readable",), same_as_nmap=True, masked=("System uptime: .*",)),
    Case("snmp-interfaces", "snmpd", 161, "udp", text=r"IP address: 10[.]91[.].*Netmask: 255[.]255[.]0[.]0",
         same_as_nmap=True, masked=(r"[\d.]+ [KMG]b",)),
    # There are others when Nmap comes.
    Case("snmp-processes", "snmpd", 161, "udp", text=r"\n  \d+: \n    Name: snmpd\n    Path: /usr/sbin/snmpd\n"),
    Case("snmp-netstat", "snmpd", 161, "udp", text=r"UDP  0[.]0[.]0[.]0:161 +\*:\*", same_as_nmap=True),
]

TIMES = [
    Case("ntp-info", "ntpsec", 123, "udp", values={"version": "^ntpd ntpsec", "stratum": r"^\d+$"},
         findings=("ntp-mode6-answers",), same_as_nmap=True,
         # Nmap leaves the line's end in the last one.
         masked=(TIME, "0x[0-9a-f.]+", r"^-?[\d.]+(\r\n)?$")),
    Case("ntp-info", "chrony", 123, "udp", values={"receive time stamp": TIME, "version": None},
         same_as_nmap=True, masked=(TIME,)),
    Case("ntp-info", "openntpd", 123, "udp", values={"receive time stamp": TIME}, same_as_nmap=True,
         masked=(TIME,)),
    Case("daytime", "openbsd_inetd", 13, text=r" 20\d\d\r\n$", same_as_nmap=True, masked=(r"\d+:\d+:\d+",)),
    Case("daytime", "xinetd", 13, "udp", text=r" 20\d\d ", same_as_nmap=True, masked=(r"\d+:\d+:\d+",)),
    # Its clock is ours.
    Case("clock-skew", "samba", None, silent=True, same_as_nmap=True),
]

RPC = [
    Case("rpcinfo", "rpcbind", 111, values={"100000.tcp.port": "^111$", "100000.tcp.version": "^4$",
                                            "100000.local.addr": "rpcbind.sock"},
         findings=("portmapper-open",), same_as_nmap=True),
    Case("rpcinfo", "rpcbind", 111, "udp", values={"100000.udp.addr": "^0[.]0[.]0[.]0$"},
         findings=("portmapper-open",), same_as_nmap=True),
    # It exports nothing.
    Case("nfs-showmount", "rpcbind", 111, silent=True, same_as_nmap=True),
    Case("nfs-showmount", "speaker:mountd", 111, text="  /srv/all [*]\n  /srv/some 10[.]0[.]0[.]0/8 crane",
         findings=("nfs-export-everyone",), same_as_nmap=True),
]

SMB = [
    Case("smb-protocols", "samba", None, values={"dialects": "^311$", "dialects.1": "^202$"}, same_as_nmap=True),
    Case("smb-protocols", "samba_nt1", None, values={"dialects.1": "^NT LM 0.12"}, findings=("smb-v1-enabled",),
         same_as_nmap=True),
    Case("smb-os-discovery", "samba", None, silent=True, same_as_nmap=True),
    Case("smb-os-discovery", "samba_nt1", None, values={"lanmanager": "^Samba 4", "fqdn": "^lab.test$"},
         same_as_nmap=True, masked=(TIME,)),
    # We do not log in, so the account is nobody's.
    Case("smb-security-mode", "samba_nt1", None, values={"message_signing": "^disabled$"}, findings=SIGNING,
         same_as_nmap=True, masked=("^guest$", "^<blank>$")),
    Case("smb2-security-mode", "samba", None, values={"311": "enabled but not required"}, findings=SIGNING,
         same_as_nmap=True),
    Case("smb2-time", "samba", None, values={"date": TIME, "start_date": "^N/A$"}, same_as_nmap=True,
         masked=(TIME,)),
    Case("smb2-capabilities", "samba", None, values={"202": "^Distributed File System$", "311": "^Leasing$"},
         same_as_nmap=True),
    Case("nbstat", "samba", None, text=r"^NetBIOS name: LABSMB, .*\nNames:\n  LABSMB<00>", same_as_nmap=True),
]

DESKTOPS = [
    # Nmap takes any confirm for a yes; xrdp confirms CredSSP with another protocol than that.
    Case("rdp-enum-encryption", "xrdp", 3389, text="^\n  Security layer\n    Native RDP: SUCCESS\n    SSL: SUCCESS\n",
         findings=("rdp-standard-security", "rdp-no-nla")),
    Case("rdp-enum-encryption", "speaker:rdp_nla", 3389, text="CredSSP .NLA.: SUCCESS"),
    Case("rdp-ntlm-info", "speaker:rdp_nla", 3389, values={"Product_Version": "^10.0.17763$",
                                                           "DNS_Computer_Name": "^crane.harbour.lab$"},
         same_as_nmap=True),
    Case("rdp-ntlm-info", "xrdp", 3389, silent=True, same_as_nmap=True),
    Case("vnc-info", "xvnc", 5900, values={"Security types.1.name": "^None$", "WARNING": "not require"},
         findings=("vnc-no-authentication",), same_as_nmap=True),
    Case("vnc-info", "x11vnc", 5900, values={"Security types.1.type": "^2$", "WARNING": None},
         findings=("vnc-without-encryption",), same_as_nmap=True),
    Case("x11-access", "xvfb", 6000, text="X server access is granted", findings=("x11-open-access",),
         same_as_nmap=True),
    # Nmap's asks for a whole session.
    Case("xdmcp-discover", "speaker:xdmcp", 177, "udp", values={"Hostname": "^crane$", "Willing": "^true$"},
         findings=("xdmcp-open",)),
]

MEDIA = [
    Case("sip-methods", "speaker:sip", 5060, "udp", values={"1": "^INVITE$", "9": "^INFO$"}, same_as_nmap=True),
    Case("sip-methods", "speaker:sip", 5060, values={"1": "^INVITE$"}, same_as_nmap=True),
    Case("sip-methods", "kamailio", 5060, "udp", silent=True, same_as_nmap=True),
    Case("rtsp-methods", "speaker:rtsp", 554, values={"2": "^DESCRIBE$"}, same_as_nmap=True),
    # Nmap 7.93 does not read this description.
    Case("upnp-info", "miniupnpd", 1900, "udp", text="Server: .*MiniUPnPd/2(.|\n)*Name: Debian router",
         findings=("ssdp-answers-unicast",)),
    Case("stun-info", "coturn", 3478, "udp", text="External IP: 10[.]91[.]0[.]1$", same_as_nmap=True),
    Case("stun-version", "coturn", 3478, "udp", silent=True),
]

FILES = [
    # Nmap 7.93 does not get on with this version of rsync.
    Case("rsync-list-modules", "rsync", 873, text="^\n  files +\t", findings=("rsync-module-without-login",)),
    Case("git-info", "speaker:git_repository", 9418, values={"path": "^/project.git$", "head": "^refs/heads/main$",
                                                             "references": "^refs/tags/v1$"},
         findings=("git-daemon-open",)),
    Case("git-info", "git_daemon", 9418, values={"error": "not exported"}),
    Case("svn-info", "speaker:svn_repository", 3690, args="svn-info.path=/project",
         values={"mechanisms": "^ANONYMOUS$", "realm": "^Harbour$", "version": "^2$"},
         findings=("svn-anonymous-access",)),
    Case("svn-info", "svnserve", 3690, values={"error": "No repository found"}),
    # Nmap's gives the same keys and values, but cuts this version at its colon, and says nothing when lines
    # come together: always of the other two, now and then of this one.
    Case("irc-info", "ircd_hybrid", 6667, values={
        "server": r"^irc\.lab\.test$", "version": r"^ircd-hybrid-1:8\..* irc\.lab\.test$",
        "uptime": r"^0 days, \d\d:\d\d:\d\d$", "source ident": "^nmap$"}),
    Case("irc-info", "ngircd", 6667, values={"server": r"^irc\.lab\.test$", "version": r"^ngIRCd-\d+", "lservers": "^0$",
                                             "chans": r"^\d+$", "users": r"^\d+$", "uptime": "^0 days"}),
    Case("irc-info", "inspircd", 6667, values={"version": r"^InspIRCd-3\.", "source host": r"^10\.91\.0\.1$",
                                               "error": "^Closing link"}),
    Case("irc-info", "openssh", 22, silent=True),
    *[Case("xmpp-info", server, port, args="xmpp-info.server_name=lab.test", values=values, findings=found,
           same_as_nmap=True,
           masked_keys=("stream_id", "lang"), unordered=server == "prosody_tls") for server, port, found, values in (
        ("ejabberd", 5222, ("cleartext-login",), {"1": "^Respects server name$", "2": "^STARTTLS Failed$",
                                                  "info.auth_mechanisms.2": "^PLAIN$"}),
        ("ejabberd", 5269, (), {"info.xmpp.version": r"^1\.0$"}),
        ("prosody", 5269, (), {"info.features.1": "^Server Dialback$"}),
        ("prosody_tls", 5222, (), {"pre_tls.features.1": r"^TLS \(required\)$", "info.xmpp.version": r"^1\.0$",
                                   "post_tls.auth_mechanisms": "^SCRAM-SHA-1$"}),
        ("prosody_tls", 5269, (), {"info.features.1": "^Server Dialback$"}))],
    # Without the name of theirs; Nmap's takes an error apart in another way.
    Case("xmpp-info", "prosody", 5222, values={"1": "^STARTTLS Failed$", "info.errors.1": "^host-unknown: This server"}),
    Case("xmpp-info", "ejabberd", 5222, values={"info.errors.1": "^host-unknown"}),
    Case("xmpp-info", "openssh", 22, silent=True),
    Case("gopher-ls", "gophernicus", 70, same_as_nmap=True, masked=(r"\d\d:\d\d",), text=r'\[txt\] /README "README '),
    Case("gopher-ls", "nginx", 80, silent=True),
    *[Case("socks-auth-info", server, port, same_as_nmap=True, unordered=server == "tor",
           findings=("socks-no-authentication",), values={
        "1.method": "^0$", "1.name": "^No authentication$", "2.name": second})
      for server, port, second in (("dante", 1080, None), ("microsocks", 1080, None),
                                   ("tor", 9050, "^Username and password$"))],
    Case("socks-auth-info", "nginx", 80, silent=True),
    Case("tftp-version", "tftpd_hpa", 69, "udp", values={"error": "^1$", "text": "File not found"},
         findings=("tftp-reachable",)),
    Case("tftp-version", "dnsmasq", 69, "udp", values={"product": "dnsmasq"}, findings=("tftp-reachable",)),
]

MACHINES = [
    Case("ipmi-version", "ipmi_sim", 623, "udp", values={"Version": "^IPMI-2.0$", "UserAuth": "^md5$"},
         findings=("ipmi-reachable", "ipmi-no-authentication"), same_as_nmap=True),
    # What it is about is said in our words.
    Case("ipmi-cipher-zero", "ipmi_sim", 623, "udp", text="State: VULNERABLE", findings=("ipmi-cipher-zero",)),
    # portolan sends nothing to this port unless told.
    Case("modbus-discover", "speaker:modbus", 502, options=("--allports",),
         values={"sid 0x1.Device identification": "^Harbour Crane 4.7$"},
         findings=("modbus-reachable",), same_as_nmap=True),
    Case("nut-info", "nut", 3493, values={"version": r"^2[.]\d", "ups": "^none"}),
    Case("gpsd-info", "gpsd", 2947, values={"Version": r"^3[.]\d"}, findings=("gpsd-open",)),
]

OTHERS = [
    Case("telnet-encryption", "openbsd_inetd", 23, text="Telnet server supports encryption",
         findings=("telnet-open",), same_as_nmap=True),
    Case("finger", "openbsd_inetd", 79, text="No one logged on", findings=("finger-open",), same_as_nmap=True),
    Case("ajp-headers", "tomcat_ajp", 8009, text="Content-Type: text/html", findings=("ajp-without-secret",),
         same_as_nmap=True, masked=(r"\d{10,}", r"\w+, \d+ \w+ \d+ [\d:]+ GMT")),
    Case("ajp-methods", "tomcat_ajp", 8009, text="Supported methods: OPTIONS GET HEAD POST", same_as_nmap=True),
    Case("dict-info", "dictd", 2628, text="On lab.test: up ", same_as_nmap=True,
         masked=(r"up [\d.]+", r"[\d.]+/hour", r"\d+ forks")),
    Case("auth-owners", "oidentd", 113, text="^nobody$", findings=("ident-tells-owners",), same_as_nmap=True),
    Case("pptp-version", "pptpd", 1723, silent=True, findings=("pptp-open",), same_as_nmap=True),
    # Nmap names a version of strongSwan, whose identity has been the same for many.
    Case("ike-version", "speaker:ike", 500, "udp", values={"vendor_id": "^strongSwan", "attributes": "^XAUTH$"},
         same_as_nmap=True, masked=("^strongSwan.*",)),
    Case("ike-version", "strongswan", 500, "udp", silent=True, same_as_nmap=True),
    Case("unusual-port", "redis", 6379, version=True, silent=True, same_as_nmap=True),
    Case("reverse-index", "nginx", None, values={"80/tcp": r"^10[.]91[.]"}, same_as_nmap=True),
    Case("ipidseq", "nginx", None, text="^All zeros$", same_as_nmap=True),
    Case("path-mtu", "nginx", None, text="^PMTU == 1500$", same_as_nmap=True),
    Case("address-info", "nginx", None, silent=True, same_as_nmap=True),
]

# Before the scan, each in a network of its own.
BROADCASTS = [
    Case("broadcast-ping", None, None, options=("-e", "lan"), alone=True, silent=True),
    Case("targets-ipv6-multicast-echo", None, None, options=("-e", "lan"), alone=True, text=r"IP: fe80::.*IFACE: lan"),
    Case("broadcast-dns-service-discovery", "avahi", None, options=("-e", "lan"), alone=True,
         text=r"80/tcp http\n +Address=10[.]"),
    Case("broadcast-upnp-info", "miniupnpd", None, options=("-e", "lan"), alone=True, text="Model Name: MiniUPnPd"),
]

CASES = NAMES + SNMP + TIMES + RPC + SMB + DESKTOPS + MEDIA + FILES + MACHINES + OTHERS + BROADCASTS
