/* Which probes a port gets, in which order (formats.md 7.2): the NULL probe, those that list the
 * port, the others up to the intensity; after a softmatch only those that know the service. */
#ifndef PORTOLAN_DETECT_SERVICE_TURNS_H
#define PORTOLAN_DETECT_SERVICE_TURNS_H

#include "detect/service/found.h"

enum turn_state {
	TURN_WAITING,
	TURN_UNDER_WAY,
	TURN_ENDED,
	TURN_SKIPPED, /* after a softmatch: it does not know the service */
	TURN_BEYOND,  /* too rare for the intensity; a softmatch can bring it back */
};

struct turn {
	const struct service_probe *probe;
	uint8_t state;      /* enum turn_state */
	uint8_t tries;      /* connections that failed */
	bool listed;        /* the probe names this port */
	struct found found; /* of an ended turn; line NULL: nothing matched */
	/* The beginning of what came back without a hard match, for the fingerprint; owned. */
	uint8_t *said;
	size_t said_bytes, answer_bytes; /* kept; that came */
};

struct turns {
	struct turn *list;
	size_t count;
};

/* ERROR_MEMORY. 160 bytes a probe of the database's transport: 17 KB for TCP with ours. */
int turns_make(struct turns *turns, const struct probe_db *db, enum transport transport,
	       uint16_t port, bool tunnel, unsigned intensity);
void turns_release(struct turns *turns);
/* After the softmatch of `soft`: those that do not know the service are TURN_SKIPPED, also when
 * they are under way. What later turns brought already is dropped, too, if `strict`: asked one by
 * one, they had not been asked. */
void turns_narrow(struct turns *turns, const struct turn *soft, const char *service, bool strict);
/* The first that waits, or NULL. */
struct turn *turns_next(const struct turns *turns);
/* Is the first turn the NULL probe's? */
bool turns_listen(const struct turns *turns);
/* Does any probe name this port? */
bool turns_are_listed(const struct turns *turns);

#endif
