# Written from what is published; nothing here was measured by us.
# Other Unix systems.

# Source: IBM's documentation of no(1): tcp_ttl 60, rfc1323 0, sack 0, tcp_recvspace 16384, tcp_ecn 0; icmp leaves with 255 hops
# Source: RFC 9293, 3.10.7
Fingerprint IBM AIX 5 - 7
Class IBM | AIX | 5.X | general purpose
CPE cpe:/o:ibm:aix:5
Class IBM | AIX | 6.X | general purpose
CPE cpe:/o:ibm:aix:6
Class IBM | AIX | 7.X | general purpose
CPE cpe:/o:ibm:aix:7
SEQ(TI=I%CI=I%II=I%TS=U)
OPS(O1=M[>3FF]%O2=M[>3FF]%O3=M[>3FF]%O4=M[>3FF]%O5=M[>3FF]%O6=M[>3FF])
WIN(W1=4000|4410|FFFF%W2=4000|4410|FFFF%W3=4000|4410|FFFF%W4=4000|4410|FFFF%W5=4000|4410|FFFF%W6=4000|4410|FFFF)
ECN(R=Y%T=37-41%TG=40%O=M[>3FF]%CC=N%Q=)
T1(R=Y%T=37-41%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=37-41%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=37-41%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=37-41%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=37-41%TG=40%W=0%S=Z%F=AR%O=%RD=0%Q=)
U1(R=Y%T=FA-104%TG=FF%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%T=FA-104%TG=FF%CD=S)

# Source: HP-UX's ndd -h: tcp_text_in_resets 1 (a text in each RST, RFC 1122 4.2.2.12), ip_def_ttl 255 and tcp_ip_ttl 64, tcp_recv_hiwater_def 32768
# Source: RFC 9293, 3.10.7
Fingerprint HP HP-UX 11
Class HP | HP-UX | 11.X | general purpose
CPE cpe:/o:hp:hp-ux:11
SEQ(TI=I|Z%CI=I|Z%II=I|Z%TS=7|U)
WIN(W1=8000%W2=8000%W3=8000%W4=8000%W5=8000%W6=8000)
ECN(R=Y%T=3B-45%TG=40%W=8000%CC=N%Q=)
T1(R=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=>0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=>0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=>0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=>0%Q=)
IE(R=Y%T=FA-104%TG=FF%CD=S)
