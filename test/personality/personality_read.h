/* Inside of personality_read*.c. */
#ifndef PORTOLAN_TEST_PERSONALITY_READ_H
#define PORTOLAN_TEST_PERSONALITY_READ_H

#include "detect/os/os_attributes.h"
#include "personality.h"

struct reading {
	const struct os_db *db;
	size_t entry;
	struct personality *made;
};

/* The entry's expression; NULL: it says nothing. */
const char *reading_find(const struct reading *in, enum os_test test, const char *name);
bool reading_answers(const struct reading *in, enum os_test test, bool otherwise);
/* T or TG: whichever will be judged, and both if possible. made->udp.answers comes first. */
uint16_t reading_ttl(const struct reading *in, enum os_test test);

/* Options of SEQ 1..6 and the timestamp's rate, which depend on each other. */
void reading_options(const struct reading *in);
/* SEQ. made->tcp comes first. */
void reading_sequence(const struct reading *in);

#endif
