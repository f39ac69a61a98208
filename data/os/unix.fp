# Other Unix systems; nothing here was measured by us. HP-UX is not here: what HP published of it (a window of 32768, TTL 64) does not tell it
# from NetBSD; syn-ack.tsv has it.

# Source: IBM, "Networks with large bandwidth delay" (Storage Protect 8.2.2, read in part 2026-11-26): rfc1323 is 0 by default, so no scale and no timestamp
# Source: Stevens, "TCP/IP Illustrated" 1, E.5 (flylib.com, read in part 2026-11-26): no(1) of AIX 3.2.2: tcp_recvspace 16384; IBM, "Interface-specific network
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
