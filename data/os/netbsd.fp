# NetBSD, from its source; nothing here was measured by us.

# Source: github.com/NetBSD/src, opened 2026-11-26: sys/netinet/tcp_syncache.c at 023842dd7aa7: MSS, scale, SACK, timestamp, padded with end and zeros; window of
# Source: the socket's buffer; TTL ip_defttl; DF by IP_MTUDISC; each SYN/ACK has the timestamp 1 (tcp_now less sc_timebase, which is tcp_now - 1), so
# Source: that no clock is seen and TS is left out
# Source: sys/netinet/ip_icmp.c at 02cc9396af9e: an echo keeps its code and its fragment field; all ICMP leaves with MAXTTL, 255
# Source: copies of NetBSD's tcp_subr.c, ip_icmp.c and tcp_usrreq.c of unknown release: tcp_do_rfc1948 0 and ISNs that grow by TCP_ISSINCR plus masked
# Source: random bits (how many was not seen, so SP and ISR are left out), tcp_do_ecn 0, icmpreturndatabytes 8, TCP_RECVSPACE 32 KB
# Source: not checked: what a listening port does with odd segments (T2 and T3 are left out), IDs; RSTs are RFC 9293, 3.10.7
Fingerprint NetBSD 8 - 10
Class NetBSD | NetBSD | 8.X | general purpose
CPE cpe:/o:netbsd:netbsd:8
Class NetBSD | NetBSD | 9.X | general purpose
CPE cpe:/o:netbsd:netbsd:9
Class NetBSD | NetBSD | 10.X | general purpose
CPE cpe:/o:netbsd:netbsd:10
SEQ(GCD=1-6)
OPS(O1=M[>3FF]NW[0-7]ST11%O2=M[>3FF]NW[0-7]ST11%O3=M[>3FF]NW[0-7]NNT11%O4=M[>3FF]NW[0-7]ST11%O5=M[>3FF]NW[0-7]ST11%O6=M[>3FF]ST11)
WIN(W1=8000%W2=8000%W3=8000%W4=8000%W5=8000%W6=8000)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=8000%O=M[>3FF]NW[0-7]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=FA-104%TG=FF%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=FA-104%TG=FF%CD=S)
