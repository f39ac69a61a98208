# Cisco's own stacks; nothing here was measured by us. NX-OS is not here, since nothing published says how it differs from
# Linux; nor is the ASA, of whose own TCP nothing could be opened.

# Source: Cisco, "IOS IP Configuration Guide" (78-11741-02), page IPC-114 (manualsdump.com, read 2026-11-26): timestamps and selective acknowledgement are
# Source: off by default, a window of 2144 bytes; O'Reilly, "Cisco IOS in a Nutshell", says 2144, too
# Source: published traces (found 2026-11-26 by the line of tcpdump): a telnet server's SYN/ACK with 4128, MSS 1460 as the only option, no DF, arrived with TTL
# Source: 254, so it left with 255; others with 4128 and MSS 536 or 1250
# Source: not checked: ISNs and IDs (left out), what is quoted in errors (left out), echo replies; RSTs are RFC 9293, 3.10.7
Fingerprint Cisco IOS 12 - 15 or IOS XE
Class Cisco | IOS | 12.X | router
CPE cpe:/o:cisco:ios:12
Class Cisco | IOS | 15.X | router
CPE cpe:/o:cisco:ios:15
Class Cisco | IOS XE | | router
CPE cpe:/o:cisco:ios_xe
SEQ(GCD=1-6%TS=U)
OPS(O1=M[>100]%O2=M[>100]%O3=M[>100]%O4=M[>100]%O5=M[>100]%O6=M[>100])
WIN(W1=860|1020%W2=860|1020%W3=860|1020%W4=860|1020%W5=860|1020%W6=860|1020)
ECN(R=Y%DF=N%T=FA-104%TG=FF%W=860|1020%O=M[>100]%CC=N%Q=)
T1(R=Y%DF=N%T=FA-104%TG=FF%S=O%A=S+%F=AS%RD=0%Q=)
T5(R=Y%T=FA-104%TG=FF%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T7(R=Y%T=FA-104%TG=FF%W=0%S=Z%F=AR%O=%RD=0%Q=)
IE(R=Y%T=FA-104%TG=FF%CD=S)
