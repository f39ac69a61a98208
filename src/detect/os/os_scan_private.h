/* The inside of OS detection: how the two families plug in. A family's scan gets a job,
 * sends its probes over a talk, and says what they tell; os_scan.c adds what else is
 * known of the host. */
#ifndef PORTOLAN_DETECT_OS_OS_SCAN_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS_SCAN_PRIVATE_H

#include "detect/os/os_print.h"
#include "detect/os/os_scan.h"
#include "engine/system_detector.h"
#include "util/random.h"

/* What probes tell, beside the facts; all borrowed for the call. */
struct os_found {
	struct system_facts facts;
	const struct os_fingerprint *print; /* IPv4: of the best round; NULL: none */
	uint32_t asked; /* 1u << enum os_test: what is not there will not come */
	const struct os_class_match *classes; /* IPv6: what the model says, likeliest first */
	size_t classes_count;
};

struct os6_model; /* detect/os/os6_model.h */

/* What one host's probing needs; borrowed until it has found() or was stopped. */
struct os_job {
	const struct os_scan_config *config;
	const struct system_order *order; /* its talks are not NULL */
	struct random *random;            /* the scan's */
	struct os6_model **model;         /* the scan's; NULL in it until the first need */
	/* May the rest of the probes be left out, for they cannot change what is said? Of the
	 * facts only the distance counts. */
	bool (*settled)(void *self, const struct os_found *so_far);
	/* Once, at the end, from the loop and never from inside start(). stop() comes later, not
	 * from inside. */
	void (*found)(void *self, const struct os_found *found);
	void *self;
};

/* The SCAN line of a print with these facts (os_scan_line.c). */
struct os_scan_line os_scan_line_of(const struct os_job *job, const struct system_facts *facts);

struct os_family {
	int (*start)(const struct os_job *job, void **ret_probing); /* ERROR_MEMORY */
	void (*stop)(void *probing); /* frees it; nothing is called any more. NULL is fine */
};

#endif
