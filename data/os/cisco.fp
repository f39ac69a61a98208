# Written from what is published; nothing here was measured by us.
# Cisco's own stacks; NX-OS is not here, since nothing published says how it differs from Linux.

# Source: Cisco, IOS command reference (ip tcp window-size: 4128 by default, ip tcp mss, ip tcp timestamp and selective-ack off)
# Source: initial TTL 255 for what a router itself sends
# Source: RFC 9293, 3.10.7
Fingerprint Cisco IOS 12 - 15 or IOS XE
Class Cisco | IOS | 12.X | router
CPE cpe:/o:cisco:ios:12
Class Cisco | IOS | 15.X | router
CPE cpe:/o:cisco:ios:15
Class Cisco | IOS XE | | router
CPE cpe:/o:cisco:ios_xe
SEQ(GCD=1-6%TI=RD|RI|I%CI=RD|RI|I%TS=U)
OPS(O1=M[>100]%O2=M[>100]%O3=M[>100]%O4=M[>100]%O5=M[>100]%O6=M[>100])
WIN(W1=1020%W2=1020%W3=1020%W4=1020%W5=1020%W6=1020)
ECN(R=Y%T=FA-104%TG=FF%W=1020%O=M[>100]%CC=N%Q=)
T1(R=Y%T=FA-104%TG=FF%S=O%A=S+%F=AS%RD=0%Q=)
T5(R=Y%T=FA-104%TG=FF%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T7(R=Y%T=FA-104%TG=FF%W=0%S=Z%F=AR%O=%RD=0%Q=)
U1(R=Y%T=FA-104%TG=FF%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%T=FA-104%TG=FF%CD=S)

# Source: Cisco, "ASA command reference": sysopt connection tcpmss 1380 by default; the ISN is random
# Source: initial TTL 255 for what an ASA itself sends
Fingerprint Cisco ASA 8 - 9
Class Cisco | ASA | 8.X | firewall
CPE cpe:/o:cisco:adaptive_security_appliance_software:8
Class Cisco | ASA | 9.X | firewall
CPE cpe:/o:cisco:adaptive_security_appliance_software:9
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TS=U)
OPS(O1=M564%O2=M564%O3=M564%O4=M564%O5=M564%O6=M564)
WIN(W1=2000|8000%W2=2000|8000%W3=2000|8000%W4=2000|8000%W5=2000|8000%W6=2000|8000)
ECN(R=Y%T=FA-104%TG=FF%O=M564%CC=N%Q=)
T1(R=Y%T=FA-104%TG=FF%S=O%A=S+%F=AS%RD=0%Q=)
IE(R=Y%T=FA-104%TG=FF%CD=S)
