# OpenBSD, from its source; nothing here was measured by us.

# Source: github.com/openbsd/src, opened 2026-11-26: sys/netinet/tcp_input.c at 00007ca37eaf: syn_cache_add(): ISN from arc4random(), window from the
# Source: socket's buffer, an own random offset of timestamps for each connection; syn_cache_respond(): MSS, SACK, scale, timestamp, each padded in front; DF
# Source: by IP_MTUDISC; TTL of the socket
# Source: sys/netinet/ip_icmp.c at 01698b2f50f1 (an old state): quotes 8 bytes, no DF in errors, an echo keeps its code and its fragment field; all ICMP
# Source: leaves with MAXTTL, 255
# Source: copies of OpenBSD's tcp_usrreq.c and tcp_subr.c of unknown release: buffers of 16 KB (TCP_RECVSPACE), tcp_do_ecn 0
# Source: tcp_input.c answers a segment without flags at a listening port with RST and takes SYN with FIN for a SYN, but pf, which OpenBSD turns on by
# Source: default (from memory), may drop both and T7 before: T2, T3 and T7 are left out
# Source: not checked: that the same holds of the older releases in this range; that IDs are random (from memory, ip_id.c was not
# Source: opened); RSTs are RFC 9293, 3.10.7
Fingerprint OpenBSD 4 - 7
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
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
U1(R=Y%DF=N%T=FA-104%TG=FF%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=FA-104%TG=FF%CD=S)
