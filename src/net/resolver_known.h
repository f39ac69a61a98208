/* What is known without asking anyone: the hosts file, localhost, and what was
 * answered earlier in this run. */
#ifndef PORTOLAN_NET_RESOLVER_KNOWN_H
#define PORTOLAN_NET_RESOLVER_KNOWN_H

#include "net/resolver_answer.h"
#include "net/resolver_cache.h"
#include "net/resolver_hosts.h"

struct known {
	struct hosts *hosts;
	struct cache *cache;
};

/* A file that cannot be read is an empty one: it must not stop a scan.
 * ERROR_MEMORY; known_release() either way. */
int known_init(struct known *known, const char *hosts_path, uint64_t seed);
void known_release(struct known *known); /* all zero is fine */

struct question {
	const char *name;    /* forward, normalised */
	struct ip_addr addr; /* reverse */
	int families;        /* enum resolver_families; 0: reverse */
};

/* An answer while it is gathered. */
struct findings {
	struct addr_list v4, v6;
	char name[HOST_NAME_BYTES];
	int error; /* of the parts that were not found */
};

void findings_release(struct findings *findings);
bool findings_is_empty(const struct findings *findings);
/* Of two parts with different errors the one that leaves the matter open stays. */
void findings_note_error(struct findings *findings, int error);
int findings_add(struct findings *findings, const struct ip_addr *addrs, size_t count);
void findings_set_name(struct findings *findings, const char *name);

/* A set of dns_types. */
#define TYPE_BIT(type) (1u << (type))

/* 1: all is known; 0: *ret_types are left to ask for; ERROR_MEMORY. */
int known_answer(const struct known *known, const struct question *question,
		 struct findings *findings, uint32_t *ret_types);
/* Keeps one part of an answer, `answer` being NULL when there was an error. */
void known_remember(struct known *known, const struct question *question, enum dns_type type,
		    int error, const struct dns_answer *answer);

#endif
