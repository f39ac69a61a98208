/* The inside of OS detection: how the two families plug in. A family's scan gets a job,
 * sends its probes over a talk, and says what they tell; os_scan.c adds what else is
 * known of the host. */
#ifndef PORTOLAN_DETECT_OS_OS_SCAN_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS_SCAN_PRIVATE_H

#include "detect/os/os_scan.h"
#include "util/random.h"

/* What one host's probing needs; borrowed until it has found() or was stopped. */
struct os_job {
	const struct os_scan_config *config;
	const struct system_order *order; /* its talks are not NULL */
	struct random *random;            /* the scan's */
	/* May the rest of the probes be left out: with what is known so far (NULL: nothing)
	 * they cannot change what is said. */
	bool (*settled)(void *self, const struct system_facts *so_far);
	/* Once, at the end of it, from the loop and never from inside start(). The facts and their
	 * texts are borrowed for the call; the family stops itself afterwards by os_family.stop(),
	 * which the caller makes from inside found() or later. */
	void (*found)(void *self, const struct system_facts *facts);
	void *self;
};

struct os_family {
	int (*start)(const struct os_job *job, void **ret_probing); /* ERROR_MEMORY */
	void (*stop)(void *probing); /* frees it; nothing is called any more. NULL is fine */
};

#endif
