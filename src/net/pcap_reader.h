/* Reads the packets of a capture file (classic pcap) from its bytes. Knows the
 * file and the headers that capturing puts before a packet, not packets. */
#ifndef PORTOLAN_NET_PCAP_READER_H
#define PORTOLAN_NET_PCAP_READER_H

#include "net/link.h"
#include "util/reader.h"

/* Its fields are pcap_reader.c's, but for `layer`: what records begin with. */
struct pcap_reader {
	struct reader in; /* borrows the bytes */
	bool little_endian, nanoseconds;
	enum link_layer layer;
	const struct pcap_type *type;
	uint64_t records; /* read so far */
};

struct pcap_record {
	uint64_t wall_ns;
	const uint8_t *bytes; /* into the bytes of the file */
	size_t count;
};

/* ERROR_CORRUPT: no capture file; ERROR_UNSUPPORTED: of a link type that we do
 * not know, or pcapng. With words. */
int pcap_reader_init(struct pcap_reader *reader, const void *bytes, size_t count,
		     struct diag *diag);
/* The next packet that a link would hear: not what was sent, and on link types
 * other than Ethernet IP only. 1; 0 at the end, which may cut a record short (the capture was
 * killed); ERROR_CORRUPT. */
int pcap_reader_next(struct pcap_reader *reader, struct pcap_record *ret_record);

#endif
