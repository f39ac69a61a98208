# macOS and iOS share XNU, which Apple publishes; nothing here was measured by us.

# Source: not checked: no XNU of these years was opened. What is here is what today's XNU does as well (see the next entry: order of options,
# Source: quotes of 8 bytes, echoes, segments without flags) and FreeBSD did before; the smaller scale and the plain clock of milliseconds, without an
# Source: offset for each connection, are from memory. IDs and ISNs are left out
Fingerprint Apple Mac OS X 10.5 - 10.9 or iOS 4 - 8
Class Apple | Mac OS X | 10.5.X | general purpose
CPE cpe:/o:apple:mac_os_x:10.5
Class Apple | iOS | 7.X | phone
CPE cpe:/o:apple:iphone_os:7
SEQ(GCD=1-6%TS=A)
OPS(O1=M[>3FF]NW[0-4]NNT11SLL%O2=M[>3FF]NW[0-4]NNT11SLL%O3=M[>3FF]NW[0-4]NNT11%O4=M[>3FF]NW[0-4]NNT11SLL%O5=M[>3FF]NW[0-4]NNT11SLL%O6=M[>3FF]NNT11SLL)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NW[0-4]SLL%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)

# Source: github.com/apple-oss-distributions/xnu, opened 2026-11-26, under bsd/netinet: tcp_output.c at 0f4c859e951f: MSS, scale, timestamp, SACK, end; an offset of
# Source: timestamps for each connection (t_ts_offset); ECN is answered when tcp_ecn_inbound is set, for a share of connections
# Source: tcp_input.c at 1031c584a5e3: a listening port ignores segments without SYN, answers ACK with RST
# Source: ip_icmp.c at 5c2921b07a24: TTL ip_defttl, no DF in errors, an echo keeps its code and its fragment field; another copy: icmp_datalen is 8
# Source: a copy of tcp_subr.c: IDs are 0 with DF (rfc6864), else random (ip_id.c at 5c2921b07a24)
# Source: not checked: the first window of 65535 and the scale (from memory), from which release on this holds, ISNs; RSTs are RFC 9293, 3.10.7
Fingerprint Apple macOS 10.11 - 15 or iOS 9 - 18
Class Apple | macOS | 11.X | general purpose
CPE cpe:/o:apple:macos:11
Class Apple | iOS | 15.X | phone
CPE cpe:/o:apple:iphone_os:15
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=RD|Z%II=RI|RD%TS=A|1C-25)
OPS(O1=M[>3FF]NW[5-8]NNT11SLL%O2=M[>3FF]NW[5-8]NNT11SLL%O3=M[>3FF]NW[5-8]NNT11%O4=M[>3FF]NW[5-8]NNT11SLL%O5=M[>3FF]NW[5-8]NNT11SLL%O6=M[>3FF]NNT11SLL)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NW[5-8]SLL%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)
