# Other Unix systems; nothing here was measured by us.

# Source: IBM, "Networks with large bandwidth delay" (Storage Protect 8.2.2, opened 2026-11-26): rfc1323 is 0 by default, so no scale and no timestamp
# Source: Stevens, "TCP/IP Illustrated" 1, E.5 (flylib.com, opened 2026-11-26): no(1) of AIX 3.2.2: tcp_recvspace 16384; IBM, "Interface-specific network
# Source: options": other buffers per interface
# Source: not checked: tcp_ttl 60, sack 0 and tcp_ecn 0 of no(1), ICMP with 255 hops, a listening port's window of 17424 or 65535: from memory. IDs and
# Source: errors' quotes are left out; RSTs are RFC 9293, 3.10.7
Fingerprint IBM AIX 5 - 7
Class IBM | AIX | 5.X | general purpose
CPE cpe:/o:ibm:aix:5
Class IBM | AIX | 6.X | general purpose
CPE cpe:/o:ibm:aix:6
Class IBM | AIX | 7.X | general purpose
CPE cpe:/o:ibm:aix:7
SEQ(TS=U)
OPS(O1=M[>3FF]%O2=M[>3FF]%O3=M[>3FF]%O4=M[>3FF]%O5=M[>3FF]%O6=M[>3FF])
WIN(W1=4000|4410|FFFF%W2=4000|4410|FFFF%W3=4000|4410|FFFF%W4=4000|4410|FFFF%W5=4000|4410|FFFF%W6=4000|4410|FFFF)
ECN(R=Y%T=37-41%TG=40%O=M[>3FF]%CC=N%Q=)
T1(R=Y%T=37-41%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=37-41%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T5(R=Y%T=37-41%TG=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)
T6(R=Y%T=37-41%TG=40%W=0%S=A%F=R%O=%RD=0%Q=)
T7(R=Y%T=37-41%TG=40%W=0%S=Z%F=AR%O=%RD=0%Q=)
IE(R=Y%T=FA-104%TG=FF)

# Source: HP, "HP-UX TCP/IP Performance White Paper", March 2008 (manualshelf.com, pages 73, 76, 77 and 79, opened 2026-11-26): tcp_recv_hiwater_def 32768,
# Source: tcp_ts_enable 2 (timestamps answered), TTL 64 of UDP "as tcp_ip_ttl"
# Source: HP-UX 11i Release Notes, December 2000, pages 195 and 196: tcp_sack_enable 2 (answered)
# Source: not checked: the order of options (left out), tcp_text_in_resets (it exists; hardening scripts set it to 0; RD is left out), the clock's rate (any
# Source: common one), ICMP with 255 hops; RSTs are RFC 9293, 3.10.7
Fingerprint HP HP-UX 11
Class HP | HP-UX | 11.X | general purpose
CPE cpe:/o:hp:hp-ux:11
SEQ(GCD=1-6%TS=7|8|A)
WIN(W1=8000%W2=8000%W3=8000%W4=8000%W5=8000%W6=8000)
ECN(R=Y%T=3B-45%TG=40%W=8000%CC=N%Q=)
T1(R=Y%T=3B-45%TG=40%S=O%A=S+%F=AS%RD=0%Q=)
T4(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%Q=)
T5(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%Q=)
T6(R=Y%T=3B-45%TG=40%W=0%S=A%F=R%O=%Q=)
T7(R=Y%T=3B-45%TG=40%W=0%S=Z%A=S+%F=AR%O=%Q=)
IE(R=Y%T=FA-104%TG=FF%CD=S)
