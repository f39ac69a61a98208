# Small stacks. lwIP and libslirp are measured as Debian builds them; devices choose windows and MSS of their own.

# Source: measured 2026-11-26 by tools/make-prints: lwIP 2.1.3 as Debian builds it (data/os/samples/lwip.txt)
# Source: copies of lwIP's opt.h and of lwipopts.h of devices, found 2026-11-26: IP_DEFAULT_TTL 255, 64 in some ports
# Source: not checked: that releases other than 2.1.3 answer odd segments and RSTs alike; scale and timestamps are off unless a port turns them on (from memory)
Fingerprint lwIP 1.4 - 2.2
Class lwIP | lwIP | 1.4.X | specialized
CPE cpe:/a:lwip_project:lwip:1.4
Class lwIP | lwIP | 2.X | specialized
CPE cpe:/a:lwip_project:lwip:2
SEQ(SP=0-40%GCD=1-2%ISR=0-60%TI=I%CI=I%II=I|RI%TS=U)
OPS(O1=M[>100]|M[>100]NW[0-7]%O2=M[>100]|M[>100]NW[0-7]%O3=M[>100]|M[>100]NW[0-7]%O4=M[>100]|M[>100]NW[0-7]%O5=M[>100]|M[>100]NW[0-7]%O6=M[>100])
WIN(W1=800-FFFF%W2=800-FFFF%W3=800-FFFF%W4=800-FFFF%W5=800-FFFF%W6=800-FFFF)
ECN(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%W=800-FFFF%O=M[>100]|M[>100]NW[0-7]%CC=N%Q=)
T1(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T3(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%W=800-FFFF%S=O%A=S+%F=AS%O=M[>100]|M[>100]NW[0-7]%RD=0%Q=)
T4(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%W=>0%S=A%A=S%F=AR%O=%RD=0%Q=)
T5(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%W=>0%S=A%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%W=>0%S=A%A=S%F=AR%O=%RD=0%Q=)
T7(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%W=>0%S=A%A=S+%F=AR%O=%RD=0%Q=)
U1(R=Y%DF=N%T=FA-104|3B-45%TG=FF|40%IPL=38%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)
IE(R=Y%DFI=S%T=FA-104|3B-45%TG=FF|40%CD=S)

# Source: measured 2026-11-26 by tools/make-prints: slirp4netns with Debian's libslirp (data/os/samples/libslirp.txt)
Fingerprint libslirp (user networks of QEMU, slirp4netns)
Class libslirp | libslirp | | bridge
CPE cpe:/a:libslirp_project:libslirp
SEQ(SP=0-30%GCD=FA00%ISR=90-A8%TI=I|RI%CI=I|RI%II=I%TS=U)
OPS(O1=M[>100]%O2=M[>100]%O3=M[>100]%O4=M[>100]%O5=M[>100]%O6=M[>100])
WIN(W1=FFFF%W2=FFFF%W3=FFFF%W4=FFFF%W5=FFFF%W6=FFFF)
ECN(R=Y%DF=N%T=3B-45%TG=40%W=FFFF%O=M[>100]%CC=N%Q=)
T1(R=Y%DF=N%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%DF=N%T=FA-104%TG=FF%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
T3(R=Y%DF=N%T=FA-104%TG=FF%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T4(R=Y%DF=N%T=FA-104%TG=FF%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%DF=N%T=3B-45%TG=40%W=FFFF%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=N%T=FA-104%TG=FF%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%DF=N%T=FA-104%TG=FF%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
U1(R=N)
IE(R=Y%DFI=S%T=FA-104%TG=FF%CD=S)

# Source: github.com/adamdunkels/uip, opened 2026-11-26: uip/uip.c at 7c0c5eee8fb7 (a state before 1.0): whatever is no plain SYN is answered with RST and ACK,
# Source: whose seq is the other's ack and whose ack the other's seq plus one; MSS is the only option, UIP_TCP_MSS the window of every segment, RSTs too; IDs
# Source: count, no DF, TTL UIP_TTL
# Source: not checked: that 1.0 and Contiki do the same; that UIP_TTL is 64; echoes, where only the type is changed (from memory, so TTL is left out)
Fingerprint uIP 1.0 or Contiki
Class uIP | embedded | 1.X | specialized
CPE cpe:/a:adam_dunkels:uip:1
SEQ(TI=I%CI=I%TS=U)
OPS(O1=M[>20]%O2=M[>20]%O3=M[>20]%O4=M[>20]%O5=M[>20]%O6=M[>20])
WIN(W1=20-5DC%W2=20-5DC%W3=20-5DC%W4=20-5DC%W5=20-5DC%W6=20-5DC)
ECN(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%O=M[>20]%CC=N%Q=)
T1(R=Y%DF=N%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%S=A%A=S+%F=AR%O=%RD=0%Q=)
T3(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%S=A%A=S+%F=AR%O=%RD=0%Q=)
T4(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%S=A%A=S+%F=AR%O=%RD=0%Q=)
T5(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%S=A%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%S=A%A=S+%F=AR%O=%RD=0%Q=)
T7(R=Y%DF=N%T=3B-45%TG=40%W=20-5DC%S=A%A=S+%F=AR%O=%RD=0%Q=)
IE(R=Y%DFI=S%CD=S)

# Source: copies of VxWorks' network configuration headers, found 2026-11-26: TCP_RCV_SIZE_DFLT 8192, RFC 1323 among the default flags
# Source: not checked: that its TCP is 4.4BSD's, and what follows from that (order of options, a clock of 2 Hz, RSTs: Stevens, "TCP/IP Illustrated" 2; all
# Source: from memory), TTL 64, IDs that count; the TTL of ICMP is left out, as descendants of 4.4BSD have 64 or 255
Fingerprint Wind River VxWorks 5 - 6
Class Wind River | VxWorks | 5.X | specialized
CPE cpe:/o:windriver:vxworks:5
Class Wind River | VxWorks | 6.X | specialized
CPE cpe:/o:windriver:vxworks:6
SEQ(TI=I%TS=1|U)
OPS(O1=M[>100]NW0NNT11|M[>100]%O2=M[>100]NW0NNT11|M[>100]%O3=M[>100]NW0NNT11|M[>100]%O4=M[>100]NW0NNT11|M[>100]%O5=M[>100]NW0NNT11|M[>100]%O6=M[>100]NNT11|M[>100])
WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=2000%W6=2000)
ECN(R=Y%T=3B-45%TG=40%W=2000%O=M[>100]NW0|M[>100]%CC=N%Q=)
T1(R=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=N)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
U1(R=Y%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%CD=S)

# Source: not checked: no document of QNX could be opened. That io-pkt is NetBSD's stack and the window of 16 KB are from memory; the rest
# Source: is NetBSD as netbsd.fp has it
Fingerprint QNX 6.4 - 7.1
Class QNX | RTOS | 6.X | specialized
CPE cpe:/o:qnx:rtos:6
Class QNX | RTOS | 7.X | specialized
CPE cpe:/o:qnx:rtos:7
SEQ(GCD=1-6)
OPS(O1=M[>3FF]NW[0-7]ST11%O2=M[>3FF]NW[0-7]ST11%O3=M[>3FF]NW[0-7]NNT11%O4=M[>3FF]NW[0-7]ST11%O5=M[>3FF]NW[0-7]ST11%O6=M[>3FF]ST11)
WIN(W1=4000%W2=4000%W3=4000%W4=4000%W5=4000%W6=4000)
ECN(R=Y%DF=Y%T=3B-45%TG=40%W=4000%O=M[>3FF]NW[0-7]SLL%CC=N%Q=)
T1(R=Y%DF=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S|S+%F=AR%O=%RD=0%Q=)
U1(R=Y%T=FA-104%TG=FF%IPL=38%UN=0%RID=G%RUD=G)
IE(R=Y%DFI=S%T=FA-104%TG=FF%CD=S)

# Source: github.com/FreeRTOS/FreeRTOS-Plus-TCP, opened 2026-11-26, under source/: FreeRTOS_TCP_IP.c at 0047028e86e7: a listening port answers whatever is no plain
# Source: SYN with a reset, a closed one whatever is no plain ACK; FreeRTOS_TCP_Transmission_IPv4.c at 02d1ddc9b2b5: a reset is the segment turned around:
# Source: its window stays, seq and ack change places, after a SYN with one more; IDs count; DF only with ipconfigFORCE_IP_DONT_FRAGMENT
# Source: copies of FreeRTOS_TCP_IP.h, FreeRTOSIPConfigDefaults.h and FreeRTOS_TCP_Transmission.c, found 2026-11-26: the mask of flags, ipconfigTCP_TIME_TO_LIVE
# Source: 128, resets have RST and ACK
# Source: not checked: options and windows of a SYN/ACK, ISNs, ICMP: left out
Fingerprint FreeRTOS+TCP
Class Amazon | FreeRTOS | | specialized
CPE cpe:/o:amazon:freertos
SEQ(TI=I%CI=I)
ECN(R=Y%DF=N%T=7B-85%TG=80%Q=)
T1(R=Y%DF=N%T=7B-85%TG=80%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%DF=N%T=7B-85%TG=80%W=80%S=A%A=S%F=AR%O=%RD=0%Q=)
T3(R=Y%DF=N%T=7B-85%TG=80%W=100%S=A%A=S+%F=AR%O=%RD=0%Q=)
T4(R=Y%DF=N%T=7B-85%TG=80%W=400%S=A%A=S%F=AR%O=%RD=0%Q=)
T5(R=Y%DF=N%T=7B-85%TG=80%W=7A69%S=A%A=S+%F=AR%O=%RD=0%Q=)
T6(R=N)
T7(R=Y%DF=N%T=7B-85%TG=80%W=FFFF%S=A%A=S%F=AR%O=%RD=0%Q=)
