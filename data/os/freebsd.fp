# FreeBSD, from its source; nothing here was measured by us. FreeBSD 7, 8 and 11 are not here: no copy of their source was opened.

# Source: github.com/dcui/FreeBSD-9.3_kernel (9.3) and github.com/coder03/freebsd10.4 (10.4), opened 2026-11-26, all under sys/netinet:
# Source: tcp_syncache.c: window clipped to 65535, DF, TTL of the listening socket; in 10.4 the MSS of the SYN/ACK is the smaller of ours and the
# Source: peer's (so 640, 536 and 265 of the probes come back); ISN from arc4random() or a cookie's hash; the timestamp is a plain clock of
# Source: milliseconds in 10.4, while 9.3 hides the cookie's digest in it, so that it shows no clock
# Source: 10.4 tcp_input.c: a listening port ignores a segment without SYN, and takes SYN with FIN unless drop_synfin is set
# Source: 10.4 tcp_subr.c, tcp_respond(): DF, ip_defttl; ip_var.h: ip_newid() counts unless random_id is set
# Source: 10.4 ip_icmp.c: quotes 8 bytes behind the header, no DF in errors; an echo keeps its code and its fragment field
# Source: order of options: sys/netinet/tcp_output.c of 12.1 (github.com/jimskon/FreeBSDDevPF), tcp_addoptions(); that of 9 and 10 was not opened
# Source: pastebin.com/KB3tS56Z (somebody's sysctl list of the 8 or 9 series): recvspace 65536, ecn.enable 0, drop_synfin 0
# Source: not checked: the seq and ack of RSTs are RFC 9293, 3.10.7; whether FIN counts in the ack is left open; 64 is the default TTL
Fingerprint FreeBSD 9.3 - 10.4
Class FreeBSD | FreeBSD | 9.X | general purpose
CPE cpe:/o:freebsd:freebsd:9
Class FreeBSD | FreeBSD | 10.X | general purpose
CPE cpe:/o:freebsd:freebsd:10
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I|RD%CI=I|RD%TS=A|1C-25)
OPS(O1=M[>3FF]NW[0-9]ST11%O2=M[>3FF]NW[0-9]ST11%O3=M280NW[0-9]NNT11%O4=M[>3FF]NW[0-9]ST11%O5=M218NW[0-9]ST11%O6=M109ST11)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NW[0-9]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%S=O%A=S+%F=AS%O=M109NW[0-9]ST11%RD=0%Q=)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)

# Source: github.com/jimskon/FreeBSDDevPF (sys/conf/newvers.sh: 12.1-RELEASE) and github.com/freebsd/freebsd-src, opened 2026-11-26, under sys/netinet:
# Source: tcp_syncache.c of 12.1 and of freebsd-src at 003f1ebcbce1 (main, of a date that was not looked up): our own MSS whatever the peer's, window clipped to 65535, DF, ISN from arc4random()
# Source: or a cookie's hash, an own offset of timestamps for each connection (tcp_new_ts_offset())
# Source: 12.1 tcp_output.c, tcp_addoptions(): MSS, scale, SACK, timestamp, padded with end and zeros
# Source: 12.1 ip_id.c, ip_fillid(): ID 0 with DF while net.inet.ip.rfc6864 is set
# Source: 12.1 ip_icmp.c: icmp_quotelen is 548 (all of the probe), no DF in errors; an echo keeps its code and its fragment field
# Source: a copy of FreeBSD's tcp_input.c of unknown release: tcp_do_ecn is 2, so ECN is answered
# Source: not checked: that listening ports ignore what has no SYN and take SYN with FIN was seen in 10.4 only; RSTs are RFC 9293, 3.10.7
Fingerprint FreeBSD 12.1 - 14
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
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)
