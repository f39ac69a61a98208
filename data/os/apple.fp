# Written from what is published; nothing here was measured by us.
# macOS and iOS share XNU, whose TCP descends from FreeBSD.

# Source: XNU's bsd/netinet, as Apple publishes it: tcp_input.c, ip_icmp.c: no answer to a segment without flags at a listening port, RST with window 0, errors quote 8 bytes, echo keeps code and DF
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: order of options: MSS, scale, timestamp, SACK, end (tcp_output.c)
Fingerprint Apple Mac OS X 10.5 - 10.9 or iOS 4 - 8
Class Apple | Mac OS X | 10.5.X | general purpose
CPE cpe:/o:apple:mac_os_x:10.5
Class Apple | iOS | 7.X | phone
CPE cpe:/o:apple:iphone_os:7
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I|RI|RD%II=I|RI%TS=A)
OPS(O1=M[>3FF]NW[0-4]NNT11SLL%O2=M[>3FF]NW[0-4]NNT11SLL%O3=M[>3FF]NW[0-4]NNT11%O4=M[>3FF]NW[0-4]NNT11SLL%O5=M[>3FF]NW[0-4]NNT11SLL%O6=M[>3FF]NNT11SLL)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NW[0-4]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)

# Source: XNU's bsd/netinet, as Apple publishes it: tcp_input.c, ip_icmp.c: no answer to a segment without flags at a listening port, RST with window 0, errors quote 8 bytes, echo keeps code and DF
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: IDs from a random permutation or zero (ip_id.c), ECN answered since 10.11 (Apple, "Your app and next generation networks", 2015)
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
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)
