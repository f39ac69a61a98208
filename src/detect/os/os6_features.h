/* What a system is told by over IPv6: 695 numbers taken from its replies (os-detection.md
 * B2). Knows no model. */
#ifndef PORTOLAN_DETECT_OS_OS6_FEATURES_H
#define PORTOLAN_DETECT_OS_OS6_FEATURES_H

#include "detect/os/os6_print.h"

#define OS6_FEATURES     695u
#define OS6_OPTIONS_MOST 16u

/* How the host was asked. */
struct os6_manner {
	bool has_distance;
	int32_t distance;
	char distance_by; /* L D I T; 0: not known */
	bool asked[OS6_PROBES];
};

/* From the SCAN line of a print: no port, no probes to it; only neighbours are solicited. */
struct os6_manner os6_manner_of(const struct os_scan_line *scan);

struct os6_features {
	double values[OS6_FEATURES]; /* -1: not known */
	/* Whether the probe it comes from was sent at all: silence is an answer, too. */
	bool asked[OS6_FEATURES];
};

void os6_features_make(const struct os6_print *print, const struct os6_manner *manner,
		       struct os6_features *ret_features);
/* Did the probe's port answer with a SYN/ACK? */
bool os6_feature_is_syn_ack(const struct os6_features *features, enum os6_probe probe);
/* "S1.window" ...; "" past the end. For people who look at a model. */
void os6_feature_name(unsigned feature, char *ret_name, size_t size);

#endif
