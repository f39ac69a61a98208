/* The inside of the raw sender, for sender_raw*.c only. */
#ifndef PORTOLAN_ENGINE_SENDER_RAW_PRIVATE_H
#define PORTOLAN_ENGINE_SENDER_RAW_PRIVATE_H

#include "engine/cookie.h"
#include "engine/sender_private.h"
#include "engine/sender_raw.h"
#include "util/random.h"

#define RAW_CANARY_ATTEMPT (RAW_ATTEMPTS - 1)

struct raw {
	struct sender *sender;
	struct wire *wire;
	struct talks *talks;
	struct cookie_key key;
	uint16_t first_port;
	struct random random;
	struct host **hosts; /* by address, chained */
	size_t hosts_mask, hosts_count;
	struct probe **probes; /* by host and value, chained */
	size_t probes_mask, probes_count;
	bool (*listener)(void *self, const struct packet *packet, uint64_t at_ns);
	void *listener_self;
	void (*hop_listener)(void *self);
	void *hop_listener_self;
};

/* sender_raw_table.c: hosts by address, probes in flight by host and value. */
int raw_tables_init(struct raw *raw); /* ERROR_MEMORY */
void raw_tables_release(struct raw *raw);
struct host **raw_host_bucket(const struct raw *raw, const struct ip_addr *addr);
void raw_host_enter(struct raw *raw, struct host *host);
void raw_host_leave(struct raw *raw, struct host *host);
void raw_probe_enter(struct raw *raw, struct probe *probe);
struct probe *raw_probe_find(const struct raw *raw, const struct host *host, uint16_t value,
			     bool canary);

/* sender_raw.c */
uint16_t raw_src_port(const struct raw *raw, const struct host *host, unsigned attempt);
/* What tells the attempt in cookie and port. */
unsigned raw_attempt_mark(const struct probe *probe);
struct cookie_of raw_cookie_of(const struct host *host, uint16_t port);
/* Sets the host's timer to what is due next. */
void raw_expiry_arm(struct sender *sender, struct host *host);

/* sender_raw_hear.c: callbacks of the wire. */
void raw_hear(void *raw, const struct packet *packet, uint64_t at_ns);
void raw_hear_advertisement(void *raw, const struct packet *packet, uint64_t at_ns);
void raw_hear_neighbour(void *raw, const struct ip_addr *addr, const struct mac_addr *mac,
			bool has_mac, uint64_t at_ns);

#endif
