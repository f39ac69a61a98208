# Written from what is published; nothing here was measured by us.
# NetBSD.

# Source: sys/netinet of NetBSD 8 - 10: order of options MSS, scale, SACK, timestamp, padded with ends (syn_cache_respond() in tcp_syncache.c), buffers of 32 KB (net.inet.tcp.recvspace)
# Source: tcp_input.c, ip_icmp.c: no answer to a segment without flags at a listening port, RST with window 0, errors quote 8 bytes, echo keeps code and DF
# Source: each SYN/ACK has the timestamp 1: they count from the connection's begin (SYN_CACHE_TIMESTAMP()), so there is no clock
Fingerprint NetBSD 8.0 - 10.1
Class NetBSD | NetBSD | 8.X | general purpose
CPE cpe:/o:netbsd:netbsd:8
Class NetBSD | NetBSD | 9.X | general purpose
CPE cpe:/o:netbsd:netbsd:9
Class NetBSD | NetBSD | 10.X | general purpose
CPE cpe:/o:netbsd:netbsd:10
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TS=1)
OPS(O1=M[>3FF]NW[0-7]ST11%O2=M[>3FF]NW[0-7]ST11%O3=M[>3FF]NW[0-7]NNT11%O4=M[>3FF]NW[0-7]ST11%O5=M[>3FF]NW[0-7]ST11%O6=M[>3FF]ST11)
WIN(W1=8000%W2=8000%W3=8000%W4=8000%W5=8000%W6=8000)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=8000%O=M[>3FF]NW[0-7]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%T=3B-45%TG=40%CD=S)
