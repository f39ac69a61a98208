# JunOS is FreeBSD with smaller buffers; nothing here was measured by us.

# Source: not checked: no document about Junos' own TCP could be opened. That it descends from FreeBSD and a first window of 16 KB
# Source: are from memory. The rest is what FreeBSD 9.3 and 10.4 do (freebsd.fp says what was opened), less IDs and the clock
Fingerprint Juniper JunOS 12 - 18
Class Juniper | JUNOS | 12.X | router
CPE cpe:/o:juniper:junos:12
Class Juniper | JUNOS | 15.X | router
CPE cpe:/o:juniper:junos:15
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118)
OPS(O1=M[>3FF]NW[0-3]ST11%O2=M[>3FF]NW[0-3]ST11%O3=M280NW[0-3]NNT11%O4=M[>3FF]NW[0-3]ST11%O5=M218NW[0-3]ST11%O6=M109ST11)
WIN(W1=4000%W2=4000%W3=4000%W4=4000%W5=4000%W6=4000)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=4000%O=M[>3FF]NW[0-3]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=Y%T=3B-45%TG=40%W=4000%S=O%A=S+%F=AS%O=M109NW[0-3]ST11%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=3B-45%TG=40%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)
