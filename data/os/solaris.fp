# Solaris and illumos; nothing here was measured by us. TCP leaves with 64 hops, ICMP with 255, and all of it with DF.

# Source: not checked: no source or document of Solaris 9 or 10 could be opened. Kept is what is common in public literature, known to us from
# Source: memory (Arkin, "ICMP usage in scanning", 2001: TTL 64 of TCP and 255 of ICMP, DF on all; Oracle's tunable parameters: tcp_recv_hiwat 49152,
# Source: rounded up to segments), and what illumos, which descends from it, does as well (see the next entry); the order of options is left out
Fingerprint Sun Solaris 9 - 10
Class Sun | Solaris | 9 | general purpose
CPE cpe:/o:sun:sunos:5.9
Class Sun | Solaris | 10 | general purpose
CPE cpe:/o:sun:sunos:5.10
SEQ(GCD=1-6%TI=I%II=I%TS=7)
WIN(W1=C000-C9FF%W2=C000-C9FF%W3=C000-C9FF%W4=C000-C9FF%W5=C000-C9FF%W6=C000-C9FF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=C000-C9FF%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=Y%T=FA-104%TG=FF%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=Y%T=FA-104%TG=FF%CD=S)

# Source: github.com/illumos/illumos-gate, opened 2026-11-26, usr/src/uts/common/inet: tcp/tcp_output.c at 1edba515a348, tcp_xmit_mp(): a SYN/ACK begins with the
# Source: timestamp of the header's template, before it SACK (else two no-operations), then MSS, then SACK if there was no timestamp, then scale; the
# Source: clock is lbolt, 100 Hz; the window is the buffer shifted by our scale
# Source: tcp/tcp_tunables.c at 1751ed28289a: timestamps with scale, SACK when asked for, ecn 1 (answered), _strong_iss 1 (what that makes of
# Source: ISNs was not read, so SP and ISR are left out)
# Source: copies of illumos' ip_tunables.c and ip.c: _icmp_return_data_bytes 64, added to the quoted IP header, so an error is 20 + 8 + 20 + 64 = 112
# Source: bytes; a copy of ip_output.c: IDs count
# Source: not checked: the buffer of 128000 bytes (TCP_RECV_HIWATER, from memory); TTLs and DF (Arkin's, "ICMP usage in scanning", from memory); RSTs are
# Source: RFC 9293, 3.10.7; that Oracle's Solaris 11 does the same as illumos
Fingerprint Oracle Solaris 11 or illumos
Class Oracle | Solaris | 11 | general purpose
CPE cpe:/o:oracle:solaris:11
Class illumos | illumos |  | general purpose
CPE cpe:/o:illumos:illumos
SEQ(GCD=1-6%TI=I%CI=I%II=I%TS=7)
OPS(O1=ST11M[>3FF]NW[1-8]%O2=ST11M[>3FF]NW[1-8]%O3=NNT11M[>3FF]NW[1-8]%O4=ST11M[>3FF]NW[1-8]%O5=ST11M[>3FF]NW[1-8]%O6=ST11M[>3FF])
WIN(W1=FA00-FFFF%W2=FA00-FFFF%W3=FA00-FFFF%W4=FA00-FFFF%W5=FA00-FFFF%W6=FA00-FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FA00-FFFF%O=M[>3FF]NNSNW[1-8]%CC=Y%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=Y%T=FA-104%TG=FF%IPL=70%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=Y%T=FA-104%TG=FF%CD=S)
