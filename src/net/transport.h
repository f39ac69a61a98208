/* What ports are ports of. */
#ifndef PORTOLAN_NET_TRANSPORT_H
#define PORTOLAN_NET_TRANSPORT_H

enum transport {
	TRANSPORT_TCP,
	TRANSPORT_UDP,
	TRANSPORT_SCTP,
	TRANSPORT_IP, /* "ports" are IP protocol numbers */
	TRANSPORTS
};

/* "tcp", "udp", "sctp", "ip". Static. */
const char *transport_name(enum transport transport);

#endif
