# Windows; nothing here was measured by us. Its firewall hides closed ports and answers no ICMP; what is then missing is not compared.

# Source: learn.microsoft.com, previous versions (read in part 2026-11-26), cc938219 "TcpWindowSize" of Windows 2000 (17520 on Ethernet, scaling above 64 KB) and cc757802 of
# Source: Server 2003 (up to 65535, multiples of the MSS)
# Source: a published trace of a server that says IIS/6.0, so Server 2003 (a blog's "tcpdump" article of 2008, read in full 2026-11-26): window 16384,
# Source: MSS, scale 0, timestamp 0, SACK, arrived with TTL 122, so it left with 128; the SYN/ACK has no DF, the data has
# Source: two more traces without a server's name: linux-kernel list, 2001-02-24 (J. Eisenstein): 16616, DF, no scale offered and none answered; and a
# Source: forum's of 2009: 16384
# Source: SYN/ACKs have the timestamp 0
# Source: not checked: RSTs (RFC 9293, 3.10.7; that Windows sends them from listening ports, too, is from memory), IDs that count, ISNs;
# Source: that echo replies have the code 0 is Arkin's, "ICMP usage in scanning" (2001), known to us from memory
Fingerprint Microsoft Windows 2000 - XP or Server 2003
Class Microsoft | Windows | 2000 | general purpose
CPE cpe:/o:microsoft:windows_2000
Class Microsoft | Windows | XP | general purpose
CPE cpe:/o:microsoft:windows_xp
Class Microsoft | Windows | 2003 | general purpose
CPE cpe:/o:microsoft:windows_server_2003
SEQ(GCD=1-6%TI=I%TS=0)
OPS(O1=M[>3FF]NW[0-3]NNT00NNS%O2=M[>3FF]NW[0-3]NNT00NNS%O3=M[>3FF]NW[0-3]NNT00%O4=M[>3FF]NW[0-3]NNT00NNS%O5=M[>3FF]NW[0-3]NNT00NNS%O6=M[>3FF]NNT00NNS)
WIN(W1=4000-FFFF%W2=4000-FFFF%W3=4000-FFFF%W4=4000-FFFF%W5=4000-FFFF%W6=4000-FFFF)
ECN(R=Y%DF=Y|N%T=7B-85%TG=80%W=4000-FFFF%O=M[>3FF]NW[0-3]NNS%CC=N%Q=)
T1(R=Y%DF=Y|N%T=7B-85%TG=80%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
T3(R=Y%T=7B-85%TG=80%W=0%S=Z%F=AR%O=%RD=0%Q=)
T4(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
IE(R=Y%T=7B-85%TG=80%CD=Z)

# Source: published traces of which the exact system is not said: Azure's host address 168.63.129.16, taken for a Windows server: 8192, MSS, scale 8, SACK with
# Source: timestamp; a web server: 8192, MSS, scale 8, no-operations, SACK (found 2026-11-26 by the line of tcpdump)
# Source: a published trace of a client with the same options: TTL 128, DF, an ID that is not 0
# Source: not checked: which of these systems answer timestamps, and a clock of 100 Hz: from memory
# Source: not checked: RSTs (RFC 9293, 3.10.7; that Windows sends them from listening ports, too, is from memory), IDs that count, ISNs;
# Source: that echo replies have the code 0 is Arkin's, "ICMP usage in scanning" (2001), known to us from memory
Fingerprint Microsoft Windows Vista - 8.1 or Server 2008 - 2012 R2
Class Microsoft | Windows | Vista | general purpose
CPE cpe:/o:microsoft:windows_vista
Class Microsoft | Windows | 7 | general purpose
CPE cpe:/o:microsoft:windows_7
Class Microsoft | Windows | 2008 | general purpose
CPE cpe:/o:microsoft:windows_server_2008:r2
Class Microsoft | Windows | 8 | general purpose
CPE cpe:/o:microsoft:windows_8.1
Class Microsoft | Windows | 2012 | general purpose
CPE cpe:/o:microsoft:windows_server_2012:r2
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I%TS=7|U)
OPS(O1=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O2=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O3=M[>3FF]NW[0-8]NNT11|M[>3FF]NW[0-8]%O4=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O5=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O6=M[>3FF]ST11|M[>3FF]NNS)
WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=2000%W6=2000)
ECN(R=Y%DF=Y%T=7B-85%TG=80%W=2000%O=M[>3FF]NW[0-8]NNS%CC=N|Y%Q=)
T1(R=Y%DF=Y%T=7B-85%TG=80%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
T3(R=Y%T=7B-85%TG=80%W=0%S=Z%F=AR%O=%RD=0%Q=)
T4(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
IE(R=Y%T=7B-85%TG=80%CD=Z)

# Source: published traces of which the exact system is not said: a later one of Azure's host address 168.63.129.16: 65535, MSS, scale 8, SACK with
# Source: timestamp; an RDP server: 64000, ECN answered; another host: 65535, MSS, scale 8, no-operations, SACK (found 2026-11-26 by the line of tcpdump)
# Source: not checked: which of these systems answer timestamps, and a clock of 1000 Hz: from memory
# Source: not checked: RSTs (RFC 9293, 3.10.7; that Windows sends them from listening ports, too, is from memory), IDs that count, ISNs;
# Source: that echo replies have the code 0 is Arkin's, "ICMP usage in scanning" (2001), known to us from memory
Fingerprint Microsoft Windows 10 - 11 or Server 2016 - 2025
Class Microsoft | Windows | 10 | general purpose
CPE cpe:/o:microsoft:windows_10
Class Microsoft | Windows | 11 | general purpose
CPE cpe:/o:microsoft:windows_11
Class Microsoft | Windows | 2016 | general purpose
CPE cpe:/o:microsoft:windows_server_2016
Class Microsoft | Windows | 2019 | general purpose
CPE cpe:/o:microsoft:windows_server_2019
Class Microsoft | Windows | 2022 | general purpose
CPE cpe:/o:microsoft:windows_server_2022
Class Microsoft | Windows | 2025 | general purpose
CPE cpe:/o:microsoft:windows_server_2025
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I%TS=A|U)
OPS(O1=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O2=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O3=M[>3FF]NW[0-8]NNT11|M[>3FF]NW[0-8]%O4=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O5=M[>3FF]NW[0-8]ST11|M[>3FF]NW[0-8]NNS%O6=M[>3FF]ST11|M[>3FF]NNS)
WIN(W1=FA00-FFFF%W2=FA00-FFFF%W3=FA00-FFFF%W4=FA00-FFFF%W5=FA00-FFFF%W6=FA00-FFFF)
ECN(R=Y%DF=Y%T=7B-85%TG=80%W=FA00-FFFF%O=M[>3FF]NW[0-8]NNS%CC=N|Y%Q=)
T1(R=Y%DF=Y%T=7B-85%TG=80%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
T3(R=Y%T=7B-85%TG=80%W=0%S=Z%F=AR%O=%RD=0%Q=)
T4(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
IE(R=Y%T=7B-85%TG=80%CD=Z)
