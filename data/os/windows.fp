# Written from what is published; nothing here was measured by us.
# Windows. Its firewall hides closed ports and answers no ICMP; what is then missing is not compared.

# Source: Microsoft, "TCP/IP registry values" (KB 314053): DefaultTTL 128, TcpWindowSize, Tcp1323Opts off but answered
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: RFC 9293, 3.10.7: segments to closed ports and odd ones are answered with RST; Windows does so on open ports too
# Source: Arkin, "ICMP usage in scanning": Windows answers echo requests with code 0
Fingerprint Microsoft Windows 2000 - XP or Server 2003
Class Microsoft | Windows | 2000 | general purpose
CPE cpe:/o:microsoft:windows_2000
Class Microsoft | Windows | XP | general purpose
CPE cpe:/o:microsoft:windows_xp
Class Microsoft | Windows | 2003 | general purpose
CPE cpe:/o:microsoft:windows_server_2003
SEQ(GCD=1-6%TI=I%CI=I%II=I%SS=S%TS=0)
OPS(O1=M[>3FF]NW[0-3]NNT00NNS|M[>3FF]NW[0-3]NNT01NNS%O2=M[>3FF]NW[0-3]NNT00NNS|M[>3FF]NW[0-3]NNT01NNS%O3=M[>3FF]NW[0-3]NNT00|M[>3FF]NW[0-3]NNT01%O4=M[>3FF]NW[0-3]NNT00NNS|M[>3FF]NW[0-3]NNT01NNS%O5=M[>3FF]NW[0-3]NNT00NNS|M[>3FF]NW[0-3]NNT01NNS%O6=M[>3FF]NNT00NNS|M[>3FF]NNT01NNS)
WIN(W1=4000-FFFF%W2=4000-FFFF%W3=4000-FFFF%W4=4000-FFFF%W5=4000-FFFF%W6=4000-FFFF)
ECN(R=Y%DF=Y%T=7B-85%TG=80%W=4000-FFFF%O=M[>3FF]NW[0-3]NNS%CC=N%Q=)
T1(R=Y%DF=Y%T=7B-85%TG=80%S=O%A=S+%F=AS%RD=0%Q=)
T2(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S%F=AR%O=%RD=0%Q=)
T3(R=Y%T=7B-85%TG=80%W=0%S=Z%F=AR%O=%RD=0%Q=)
T4(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=7B-85%TG=80%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=7B-85%TG=80%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
IE(R=Y%T=7B-85%TG=80%CD=Z)

# Source: Microsoft's documentation of the next generation TCP/IP stack: TTL 128, window scaling, RFC 1323 answered
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: RFC 9293, 3.10.7: segments to closed ports and odd ones are answered with RST; Windows does so on open ports too
# Source: Arkin, "ICMP usage in scanning": Windows answers echo requests with code 0
# Source: a clock of 100 Hz: its timer's 10 ms
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
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I%CI=I%II=I%TS=7|U)
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

# Source: Microsoft's documentation of Windows 10 and Server 2016 and later: TTL 128, window scaling, timestamps answered but not asked for
# Source: order of options and first window in a SYN/ACK: well known, as passive observers publish them
# Source: RFC 9293, 3.10.7: segments to closed ports and odd ones are answered with RST; Windows does so on open ports too
# Source: Arkin, "ICMP usage in scanning": Windows answers echo requests with code 0
# Source: a clock of 1000 Hz; ECN answered by servers ("ECN capability" of Server 2012 and later)
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
SEQ(SP=F0-112%GCD=1-6%ISR=F8-118%TI=I%CI=I%II=I%TS=A|U)
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
