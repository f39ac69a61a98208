# RouterOS is Linux, built for 100 Hz. Of RouterOS 7 (Linux 5.6) there is no print: nothing known tells it from
# "Linux 5.0 - 6.18" of linux.fp, and its services and hardware address do.

# Source: not checked: that RouterOS 6 is Linux 3.3.5 with a clock of 100 Hz (from memory). What follows from it is "Linux 2.6.39 - 3.10" of linux.fp, where
# Source: its sources stand; T3 is left out there and here
Fingerprint MikroTik RouterOS 6 (Linux 3.3)
Class MikroTik | RouterOS | 6.X | router
CPE cpe:/o:mikrotik:routeros:6
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z|I|RD%II=I%TS=7)
OPS(O1=M[>3FF]ST11NW[0-7]|M[>3FF]NNSNW[0-7]|M[>3FF]NNT11NW[0-7]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-7]|M[>3FF]NNSNW[0-7]|M[>3FF]NNT11NW[0-7]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-7]|M[>3FF]NW[0-7]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-7]|M[>3FF]NNSNW[0-7]|M[>3FF]NNT11NW[0-7]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-7]|M[>3FF]NNSNW[0-7]|M[>3FF]NNT11NW[0-7]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=3890%W2=3890%W3=3890%W4=3890%W5=3890%W6=3890)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=3908%O=M[>3FF]NNSNW[0-7]|M[>3FF]NW[0-7]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)
