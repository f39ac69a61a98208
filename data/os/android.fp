# Android is Linux; what differs is the receive buffer that its init sets.

# Source: a published log of an Android (ConnectivityService) and device trees, found 2026-11-26: net.tcp.buffersize.wifi is 524288,2097152,4194304, which
# Source: the system writes to tcp_rmem
# Source: such a tcp_rmem makes the first window 65535: measured 2026-11-26 with 6.18 (data/os/samples/this-large-buffers.txt); all else is Linux, see linux.fp
# Source: not checked: that older kernels with these buffers give the same window; the releases of Android and their kernels (from memory)
Fingerprint Android 7 - 15 (Linux 3.18 - 6.1)
Class Google | Android | | phone
CPE cpe:/o:google:android
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z%II=I|RI%TS=7|8|A)
OPS(O1=M[>3FF]ST11NW[5-B]|M[>3FF]NNSNW[5-B]|M[>3FF]NNT11NW[5-B]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[5-B]|M[>3FF]NNSNW[5-B]|M[>3FF]NNT11NW[5-B]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[5-B]|M[>3FF]NW[5-B]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[5-B]|M[>3FF]NNSNW[5-B]|M[>3FF]NNT11NW[5-B]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[5-B]|M[>3FF]NNSNW[5-B]|M[>3FF]NNT11NW[5-B]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=FFFF%O=M[>3FF]NNSNW[5-B]|M[>3FF]NW[5-B]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)
