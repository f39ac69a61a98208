/* A link is one way out of the machine: frames (or bare IP packets) in batches,
 * out and in. Knows bytes, not what they mean. One file per back end:
 *   link_packet.c  AF_PACKET: receive ring, batched send past the qdisc
 *   link_ip.c      raw IP sockets: loopback, tun, ppp, --send-ip
 *   link_xdp.c     AF_XDP to send, AF_PACKET to hear
 *   link_pcap.c    replays a capture file; and the tap that writes one
 * and, in the engine, the simulated network (link_sim.c). A link belongs to the thread of its
 * loop. */
#ifndef PORTOLAN_NET_LINK_H
#define PORTOLAN_NET_LINK_H

#include "net/interface.h"
#include "util/diag.h"
#include "util/loop.h"

enum link_layer {
	LINK_ETHERNET, /* bytes begin with an Ethernet header */
	LINK_IP,       /* bytes begin with an IPv4 or IPv6 header */
};

struct link_frame {
	const uint8_t *bytes;
	size_t count;
};

/* Its watch on the loop is a background one: it does not keep loop_run() going. */
struct link;

/* What came in. Valid for the call only. */
struct link_seen {
	const uint8_t *bytes; /* from link_layer() on */
	size_t count;
	uint64_t at_ns; /* loop_now_ns() time of arrival; the kernel's stamp where there is one */
};

struct link_config {
	struct loop *loop;
	/* Called from the loop, and from link_poll(), for every frame. May send and
	 * poll, but not free the link. */
	void (*heard)(void *self, struct link *link, const struct link_seen *seen);
	/* The interface went down or away: nothing more can be sent. Called once,
	 * from the loop. */
	void (*lost)(void *self, struct link *link);
	void *self;
};

struct link_stats {
	uint64_t sent, received;
	uint64_t dropped_sending;   /* refused: no room now (and again at every try), or ever */
	uint64_t dropped_receiving; /* the kernel had no room for what came in */
};

/* Hands up to `count` frames to the system; gives how many are done with (in
 * order), or ERROR_SYSTEM when the interface is gone. Fewer than count: full for
 * now. A frame that is refused for good (too long, no route, a firewall's
 * verdict) is done with too, and counted as dropped. The bytes may be used again
 * when it returns. */
int link_send(struct link *link, const struct link_frame *frames, size_t count);
/* Hears what has come in already, at most `most` frames, without waiting for the
 * loop's turn; gives how many. */
size_t link_poll(struct link *link, size_t most);
enum link_layer link_layer(const struct link *link);
unsigned link_interface(const struct link *link); /* index; 0 none */
/* The most bytes of an IP packet it carries. Of what comes in, frames of more
 * than 1,982 bytes are cut there. */
unsigned link_mtu(const struct link *link);
/* What arrives from now on, only: the ports we send from, first..last (TCP, UDP and
 * SCTP), every ICMP, ICMPv6, ARP, and everything else if `all_protocols` (IP protocol
 * scans). Back ends that cannot filter hear everything. ERROR_SYSTEM. */
int link_filter(struct link *link, uint16_t first_port, uint16_t last_port, bool all_protocols);
void link_stats(const struct link *link, struct link_stats *ret_stats);
void link_free(struct link *link); /* NULL is fine */

/* Sockets that need CAP_NET_RAW, opened before privileges are dropped; the
 * links made of them later need none. */
struct link_sockets;
/* One packet socket for each interface that is up, 32 at most, whichever link
 * takes it later; two raw and two AF_XDP sockets. ERROR_PERMISSION when raw
 * sockets are not allowed. */
int link_sockets_open(const struct interfaces *interfaces, struct link_sockets **ret_sockets,
		      struct diag *diag);
/* Further packet sockets, for captures (capture.h); at most 64. */
int link_sockets_reserve(struct link_sockets *sockets, size_t count, struct diag *diag);
void link_sockets_free(struct link_sockets *sockets); /* NULL is fine; links keep theirs */

/* Frames on an Ethernet interface. ring_bytes: of the receive ring, 2 KiB a frame;
 * 0 for the usual 64 MiB, which take some 25 ms to make: a small scan is better off with less.
 * ERROR_LIMIT: no socket left in `sockets`. */
int link_packet_new(const struct link_config *config, struct link_sockets *sockets,
		    const struct interface *interface, size_t ring_bytes, struct link **ret_link,
		    struct diag *diag);
/* IP packets, the kernel does the rest; hears what arrives on `interface` (of any
 * kind). */
int link_ip_new(const struct link_config *config, struct link_sockets *sockets,
		const struct interface *interface, size_t ring_bytes, struct link **ret_link,
		struct diag *diag);
/* Ethernet, as link_packet_new(). ERROR_UNSUPPORTED when kernel or driver cannot,
 * or no AF_XDP socket is left; ERROR_BUSY when another socket has the queue. */
int link_xdp_new(const struct link_config *config, struct link_sockets *sockets,
		 const struct interface *interface, struct link **ret_link, struct diag *diag);
/* Hears the packets of a capture file (classic pcap), one a turn of the loop, at
 * that turn's time; sending goes nowhere. Link types other than Ethernet become
 * LINK_IP. ERROR_IO, ERROR_CORRUPT, ERROR_UNSUPPORTED with words. */
int link_pcap_new(const struct link_config *config, const char *path, struct link **ret_link,
		  struct diag *diag);

/* Writes packets to a capture file (--pcap), nanosecond stamps. Buffered, and
 * never held back for more than a second when more packets come. */
struct pcap_writer;
int pcap_writer_new(const char *path, enum link_layer layer, struct pcap_writer **ret_writer,
		    struct diag *diag);
void pcap_writer_add(struct pcap_writer *writer, uint64_t wall_ns, const void *bytes, size_t count);
/* ERROR_IO when something could not be written. NULL is fine. */
int pcap_writer_close(struct pcap_writer *writer, struct diag *diag);

/* For implementations: a link begins with this. */
struct link_ops {
	int (*send)(struct link *, const struct link_frame *, size_t);
	size_t (*poll)(struct link *, size_t most);
	int (*filter)(struct link *, uint16_t first, uint16_t last, bool all_protocols);
	void (*stats)(const struct link *, struct link_stats *);
	void (*free)(struct link *);
};
struct link {
	const struct link_ops *ops;
	struct link_config config;
	enum link_layer layer;
	unsigned interface, mtu;
};

#endif
