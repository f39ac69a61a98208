# Written from what is published; nothing here was measured by us.
# FreeBSD, and what is made of it.

# Source: sys/netinet of FreeBSD 7 - 10: tcp_input.c, ip_icmp.c: no answer to a segment without flags at a listening port, RST with window 0, errors quote 8 bytes, echo keeps code and DF
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: order of options: MSS, scale, SACK, timestamp (tcp_addoptions() since 7.0); IDs count unless net.inet.ip.random_id is set
# Source: net.inet.tcp.drop_synfin is 0: SYN with FIN is a SYN
Fingerprint FreeBSD 7.0 - 10.4
Class FreeBSD | FreeBSD | 8.X | general purpose
CPE cpe:/o:freebsd:freebsd:8
Class FreeBSD | FreeBSD | 9.X | general purpose
CPE cpe:/o:freebsd:freebsd:9
Class FreeBSD | FreeBSD | 10.X | general purpose
CPE cpe:/o:freebsd:freebsd:10
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I|RD%CI=I|RD%TS=1C-25|A|7)
OPS(O1=M[>3FF]NW[0-9]ST11%O2=M[>3FF]NW[0-9]ST11%O3=M[>3FF]NW[0-9]NNT11%O4=M[>3FF]NW[0-9]ST11%O5=M[>3FF]NW[0-9]ST11%O6=M[>3FF]ST11)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NW[0-9]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%S=O%A=S+%F=AS%O=M[>3FF]NW[0-9]ST11%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)

# Source: sys/netinet of FreeBSD 11 - 14: tcp_input.c, ip_icmp.c: no answer to a segment without flags at a listening port, RST with window 0, errors quote 8 bytes, echo keeps code and DF
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: RFC 6864: ID 0 with DF (net.inet.ip.rfc6864, on by default since 11); ECN answered (net.inet.tcp.ecn.enable=2)
# Source: net.inet.tcp.drop_synfin is 0: SYN with FIN is a SYN
Fingerprint FreeBSD 11.0 - 14.2
Class FreeBSD | FreeBSD | 11.X | general purpose
CPE cpe:/o:freebsd:freebsd:11
Class FreeBSD | FreeBSD | 12.X | general purpose
CPE cpe:/o:freebsd:freebsd:12
Class FreeBSD | FreeBSD | 13.X | general purpose
CPE cpe:/o:freebsd:freebsd:13
Class FreeBSD | FreeBSD | 14.X | general purpose
CPE cpe:/o:freebsd:freebsd:14
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=Z%CI=Z%TS=1C-25)
OPS(O1=M[>3FF]NW[0-9]ST11%O2=M[>3FF]NW[0-9]ST11%O3=M[>3FF]NW[0-9]NNT11%O4=M[>3FF]NW[0-9]ST11%O5=M[>3FF]NW[0-9]ST11%O6=M[>3FF]ST11)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NW[0-9]SLL%CC=Y%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%S=O%A=S+%F=AS%O=M[>3FF]NW[0-9]ST11%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)
