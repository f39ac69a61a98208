# Written from what is published; nothing here was measured by us.
# Solaris and illumos: TCP leaves with 64 hops, ICMP with 255, and all of it with DF.

# Source: Oracle, "Solaris tunable parameters reference": tcp_recv_hiwat 49152, ip_path_mtu_discovery sets DF, icmp quotes 64 bytes (ip_icmp_return_data_bytes)
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: timestamps first among the options, a clock of 100 Hz (illumos: uts/common/inet/tcp)
Fingerprint Sun Solaris 9 - 10
Class Sun | Solaris | 9 | general purpose
CPE cpe:/o:sun:sunos:5.9
Class Sun | Solaris | 10 | general purpose
CPE cpe:/o:sun:sunos:5.10
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I%CI=I%II=I%SS=S%TS=7)
OPS(O1=NNT11M[>3FF]NW[0-2]NNS%O2=NNT11M[>3FF]NW[0-2]NNS%O3=NNT11M[>3FF]NW[0-2]%O4=NNT11M[>3FF]NW[0-2]NNS%O5=NNT11M[>3FF]NW[0-2]NNS%O6=NNT11M[>3FF]NNS)
WIN(W1=C000-C9FF%W2=C000-C9FF%W3=C000-C9FF%W4=C000-C9FF%W5=C000-C9FF%W6=C000-C9FF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=C000-C9FF%O=M[>3FF]NW[0-2]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=Y%T=FA-104%TG=FF%IPL=70%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=Y%T=FA-104%TG=FF%CD=S)

# Source: Oracle, "Oracle Solaris 11 tunable parameters reference": _recv_buf 128000 and ICMP's quote of 64 bytes
# Source: illumos: uts/common/inet/tcp and ip
Fingerprint Oracle Solaris 11 or illumos
Class Oracle | Solaris | 11 | general purpose
CPE cpe:/o:oracle:solaris:11
Class illumos | illumos |  | general purpose
CPE cpe:/o:illumos:illumos
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I%CI=I%II=I%SS=S%TS=7)
OPS(O1=NNT11M[>3FF]NW[1-8]NNS%O2=NNT11M[>3FF]NW[1-8]NNS%O3=NNT11M[>3FF]NW[1-8]%O4=NNT11M[>3FF]NW[1-8]NNS%O5=NNT11M[>3FF]NW[1-8]NNS%O6=NNT11M[>3FF]NNS)
WIN(W1=FA00-FFFF%W2=FA00-FFFF%W3=FA00-FFFF%W4=FA00-FFFF%W5=FA00-FFFF%W6=FA00-FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FA00-FFFF%O=M[>3FF]NW[1-8]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=Y%T=FA-104%TG=FF%IPL=70%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=Y%T=FA-104%TG=FF%CD=S)
