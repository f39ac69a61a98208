# Linux, by what its first window and its clock of timestamps changed into over the years. Window scale
# and MSS follow memory and link; options vanish with net.ipv4.tcp_timestamps, _sack and _window_scaling.

# Source: github.com/torvalds/linux, opened 2026-11-26: net/ipv4/tcp_output.c at 005903bc3a0e (a state of the 2.6 series): tcp_select_initial_window(): four
# Source: segments at first; tcp_syn_build_options(): MSS, SACK with timestamp (else two no-operations before either), scale
# Source: a copy of include/net/ip.h of 2.6, ip_select_ident(): ID 0 with DF when the socket has no peer yet
# Source: commit fdf5af0daf80 "tcp: drop SYN+FIN messages" and CVE-2012-6638 ("before 3.2.24"): SYN with FIN was answered before
# Source: github.com/torvalds/linux, opened 2026-11-26: net/ipv4/icmp.c at 002bba562dd3 (a recent state): errors are filled up to 576 bytes, echo
# Source: replies are new packets of the kernel's own; that they have no DF was measured with later kernels
# Source: not checked: that the same holds of 2.4 and up to 2.6.38 exactly; a clock of HZ, 100 to 1000; the seq and ack of RSTs are RFC 9293, 3.10.7,
# Source: and as later kernels of ours were measured
Fingerprint Linux 2.4 - 2.6.38
Class Linux | Linux | 2.4.X | general purpose
CPE cpe:/o:linux:linux_kernel:2.4
Class Linux | Linux | 2.6.X | general purpose
CPE cpe:/o:linux:linux_kernel:2.6
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z|I|RD%II=I%TS=7|8|A|U)
OPS(O1=M[>3FF]ST11NW[0-9]|M[>3FF]NNSNW[0-9]|M[>3FF]NNT11NW[0-9]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-9]|M[>3FF]NNSNW[0-9]|M[>3FF]NNT11NW[0-9]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-9]|M[>3FF]NW[0-9]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-9]|M[>3FF]NNSNW[0-9]|M[>3FF]NNT11NW[0-9]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-9]|M[>3FF]NNSNW[0-9]|M[>3FF]NNT11NW[0-9]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=16A0|16D0%W2=16A0|16D0%W3=16A0|16D0%W4=16A0|16D0%W5=16A0|16D0%W6=16A0|16D0)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=16D0%O=M[>3FF]NNSNW[0-9]|M[>3FF]NW[0-9]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=Y%T=3B-45%TG=40%W=16A0|16D0%S=O%A=S+%F=AS%O=M[>3FF]ST11NW[0-9]|M[>3FF]NNSNW[0-9]|M[>3FF]NNT11NW[0-9]|M[>3FF]ST11|M[>3FF]NNS%RD=0%Q=)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)

# Source: a copy of net/ipv4/tcp_output.c between the entries before and after, found 2026-11-26: tcp_select_initial_window(): at first
# Source: TCP_DEFAULT_INIT_RCVWND segments, ten by the comment of another copy
# Source: SYN with FIN: CVE-2012-6638 says that it was answered before 3.2.24, so T3 is left out
# Source: github.com/torvalds/linux, opened 2026-11-26: net/ipv4/icmp.c at 002bba562dd3 (a recent state): errors are filled up to 576 bytes, echo
# Source: replies are new packets of the kernel's own; that they have no DF was measured with later kernels
# Source: not checked: the releases at both ends of the range; what else stands here is as in the entry before and as later kernels were measured
Fingerprint Linux 2.6.39 - 3.10
Class Linux | Linux | 2.6.X | general purpose
CPE cpe:/o:linux:linux_kernel:2.6
Class Linux | Linux | 3.X | general purpose
CPE cpe:/o:linux:linux_kernel:3
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z|I|RD%II=I%TS=7|8|A|U)
OPS(O1=M[>3FF]ST11NW[0-A]|M[>3FF]NNSNW[0-A]|M[>3FF]NNT11NW[0-A]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-A]|M[>3FF]NNSNW[0-A]|M[>3FF]NNT11NW[0-A]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-A]|M[>3FF]NW[0-A]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-A]|M[>3FF]NNSNW[0-A]|M[>3FF]NNT11NW[0-A]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-A]|M[>3FF]NNSNW[0-A]|M[>3FF]NNT11NW[0-A]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=3890|3908%W2=3890|3908%W3=3890|3908%W4=3890|3908%W5=3890|3908%W6=3890|3908)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=3908%O=M[>3FF]NNSNW[0-A]|M[>3FF]NW[0-A]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)

# Source: copies of net/ipv4/tcp_output.c, found 2026-11-26: tcp_default_init_rwnd(): twice TCP_INIT_CWND segments at first; commit a337531b942b took it out
# Source: github.com/torvalds/linux, opened 2026-11-26: net/ipv4/icmp.c at 002bba562dd3 (a recent state): errors are filled up to 576 bytes, echo
# Source: replies are new packets of the kernel's own; that they have no DF was measured with later kernels
# Source: not checked: the release that it began with (3.11, from memory); a clock of HZ, 100 to 1000, until 4.12; the rest is as later kernels were measured
Fingerprint Linux 3.11 - 4.12
Class Linux | Linux | 3.X | general purpose
CPE cpe:/o:linux:linux_kernel:3
Class Linux | Linux | 4.X | general purpose
CPE cpe:/o:linux:linux_kernel:4
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z|I|RI%II=I|RI%TS=7|8|A|U)
OPS(O1=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-B]|M[>3FF]NW[0-B]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=7120|7210%W2=7120|7210%W3=7120|7210%W4=7120|7210%W5=7120|7210%W6=7120|7210)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=7210%O=M[>3FF]NNSNW[0-B]|M[>3FF]NW[0-B]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)

# Source: commit 9a568de4818d "tcp: switch TCP TS option (RFC 7323) to 1ms clock", as later commits name it: a clock of 1000 Hz whatever HZ is
# Source: commit a337531b942b "tcp: up initial rmem to 128KB and SYN rwin to around 64KB" of 2018, in 4.20 (kernelnewbies.org, "Linux_4.20"): before, twice
# Source: TCP_INIT_CWND segments
# Source: github.com/torvalds/linux, opened 2026-11-26: net/ipv4/icmp.c at 002bba562dd3 (a recent state): errors are filled up to 576 bytes, echo
# Source: replies are new packets of the kernel's own; that they have no DF was measured with later kernels
# Source: not checked: that the clock changed with 4.13 (from memory); the rest is as later kernels were measured
Fingerprint Linux 4.13 - 4.19
Class Linux | Linux | 4.X | general purpose
CPE cpe:/o:linux:linux_kernel:4
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z%II=I|RI%TS=A|U)
OPS(O1=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-B]|M[>3FF]NW[0-B]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=7120|7210%W2=7120|7210%W3=7120|7210%W4=7120|7210%W5=7120|7210%W6=7120|7210)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=7210%O=M[>3FF]NNSNW[0-B]|M[>3FF]NW[0-B]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)

# Source: measured 2026-11-26 by tools/make-prints: 5.10.223, 6.1.176 and 6.18.15 of Debian in qemu with 256 MB to 2 GB (data/os/samples),
# Source: and 6.18 in a namespace with net.ipv4.tcp_timestamps=2
# Source: commit a337531b942b "tcp: up initial rmem to 128KB and SYN rwin to around 64KB" of 2018, in 4.20 (kernelnewbies.org, "Linux_4.20")
Fingerprint Linux 5.0 - 6.18
Class Linux | Linux | 5.X | general purpose
CPE cpe:/o:linux:linux_kernel:5
Class Linux | Linux | 6.X | general purpose
CPE cpe:/o:linux:linux_kernel:6
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z%II=I|RI%TS=A|U)
OPS(O1=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-B]|M[>3FF]NW[0-B]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-B]|M[>3FF]NNSNW[0-B]|M[>3FF]NNT11NW[0-B]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=F400-FFFF%W2=F400-FFFF%W3=F400-FFFF%W4=F400-FFFF%W5=F400-FFFF%W6=F400-FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=F400-FFFF%O=M[>3FF]NNSNW[0-B]|M[>3FF]NW[0-B]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)

# Source: measured 2026-11-26 by tools/make-prints: 6.1.192, 6.12.95 and 7.3.4 of Debian in qemu with 256 MB to 2 GB, and
# Source: 6.18.44 in namespaces with timestamps, SACK and scaling off in turn, and other MTUs (data/os/samples)
# Source: each connection has its own offset of timestamps, so that six of them show no clock; stable releases got that
# Source: later than their series began: 6.1.176 and 6.18.15 show a clock, 6.1.192, 6.12.95 and 6.18.44 do not (measured)
Fingerprint Linux 6.1 - 7.3
Class Linux | Linux | 6.X | general purpose
CPE cpe:/o:linux:linux_kernel:6
Class Linux | Linux | 7.X | general purpose
CPE cpe:/o:linux:linux_kernel:7
SEQ(SP=F4-112%GCD=1-6%ISR=FC-116%TI=Z%CI=Z%II=I|RI%TS=1C-25|U)
OPS(O1=M[>3FF]ST11NW[0-E]|M[>3FF]NNSNW[0-E]|M[>3FF]NNT11NW[0-E]|M[>3FF]ST11|M[>3FF]NNS%O2=M[>3FF]ST11NW[0-E]|M[>3FF]NNSNW[0-E]|M[>3FF]NNT11NW[0-E]|M[>3FF]ST11|M[>3FF]NNS%O3=M[>3FF]NNT11NW[0-E]|M[>3FF]NW[0-E]|M[>3FF]NNT11|M[>3FF]%O4=M[>3FF]ST11NW[0-E]|M[>3FF]NNSNW[0-E]|M[>3FF]NNT11NW[0-E]|M[>3FF]ST11|M[>3FF]NNS%O5=M[>3FF]ST11NW[0-E]|M[>3FF]NNSNW[0-E]|M[>3FF]NNT11NW[0-E]|M[>3FF]ST11|M[>3FF]NNS%O6=M[>3FF]ST11|M[>3FF]NNS|M[>3FF]NNT11)
WIN(W1=F400-FFFF%W2=F400-FFFF%W3=F400-FFFF%W4=F400-FFFF%W5=F400-FFFF%W6=F400-FFFF)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=F400-FFFF%O=M[>3FF]NNSNW[0-E]|M[>3FF]NW[0-E]|M[>3FF]NNS%CC=Y|N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=N)
T4(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=3B-45%TG=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=N%T=3B-45%TG=40%CD=S)
