# gVisor answers with Linux's options, but counts IDs, sets no DF and takes SYN with FIN for a SYN.

# Source: measured 2026-11-26 by tools/make-prints: runsc of Debian 12 (data/os/samples/gvisor.txt)
Fingerprint gVisor (Google's container sandbox)
Class Google | gVisor | | general purpose
CPE cpe:/a:google:gvisor
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=I%CI=I%II=I|RI%TS=A)
OPS(O1=M[>3FF]ST11NW[0-9]%O2=M[>3FF]ST11NW[0-9]%O3=M[>3FF]NNT11NW[0-9]%O4=M[>3FF]ST11NW[0-9]%O5=M[>3FF]ST11NW[0-9]%O6=M[>3FF]ST11)
WIN(W1=7000-7300%W2=7000-7300%W3=7000-7300%W4=7000-7300%W5=7000-7300%W6=7000-7300)
ECN(R=Y%DF=N%T=3B-45%TG=40%W=7000-7300%O=M[>3FF]NNSNW[0-9]%CC=N%Q=)
T1(R=Y%DF=N%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=N%T=3B-45%TG=40%W=7000-7300%S=O%A=S+%F=AS%O=M[>3FF]ST11NW[0-9]%RD=0%Q=)
T4(R=Y%DF=N%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=N%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=N%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=N%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=S%T=3B-45%TG=40%CD=S)
