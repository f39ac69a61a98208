# Written from what is published; nothing here was measured by us.
# OpenBSD.

# Source: sys/netinet of OpenBSD 4 - 7: random IDs (ip_id.c), order of options MSS, SACK, scale, timestamp (tcp_output.c), buffers of 16 KB (tcp_usrreq.c)
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: tcp_input.c: SYN with FIN is dropped, no ECN answered unless net.inet.tcp.ecn is set
# Source: an own offset of timestamps for each connection (tcp_subr.c)
Fingerprint OpenBSD 4.0 - 7.6
Class OpenBSD | OpenBSD | 4.X | general purpose
CPE cpe:/o:openbsd:openbsd:4
Class OpenBSD | OpenBSD | 5.X | general purpose
CPE cpe:/o:openbsd:openbsd:5
Class OpenBSD | OpenBSD | 6.X | general purpose
CPE cpe:/o:openbsd:openbsd:6
Class OpenBSD | OpenBSD | 7.X | general purpose
CPE cpe:/o:openbsd:openbsd:7
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=RD|RI%CI=RD|RI%II=RI%TS=1C-25)
OPS(O1=M[>3FF]NNSNW[0-7]NNT11%O2=M[>3FF]NNSNW[0-7]NNT11%O3=M[>3FF]NW[0-7]NNT11%O4=M[>3FF]NNSNW[0-7]NNT11%O5=M[>3FF]NNSNW[0-7]NNT11%O6=M[>3FF]NNSNNT11)
WIN(W1=4000%W2=4000%W3=4000%W4=4000%W5=4000%W6=4000)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=4000%O=M[>3FF]NNSNW[0-7]%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%T=3B-45%TG=40%CD=S)
