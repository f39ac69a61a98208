/* Finds out which system a host runs (os-detection.md): a detector for the engine's system
 * stage. Probes of the host's family go out (IPv4: os4.h), what they tell is compared with
 * reference prints, and all that is known of the host besides is weighed. Knows talks and
 * prints; options and formats it does not know.
 *
 * Costs: an IPv4 host under way 7 KB, what is kept of replies (at most 576 bytes each of a few)
 * apart, and 4 KB once a round has been judged. */
#ifndef PORTOLAN_DETECT_OS_OS_SCAN_H
#define PORTOLAN_DETECT_OS_OS_SCAN_H

#include "detect/os/os_match.h"
#include "engine/plan.h"
#include "engine/system_detector.h"

struct os_scan;

struct os_scan_config {
	const struct plan *plan; /* all borrowed: system settings, timing, verbosity, seed */
	struct loop *loop;
	const struct os_db *db; /* reference prints of IPv4; NULL: none, prints are only shown */
	/* `db` is our own data: probes that cannot change what is said are left out. False:
	 * the user's file (--osdb), which is asked for with all of Nmap's probes. */
	bool own_data;
	enum os_match_manner manner;
	const char *version, *platform; /* of the program: for the SCAN line */
	/* Who made a card, or NULL; the text is good until the next call. May be NULL. */
	const char *(*vendor)(void *self, const struct mac_addr *mac);
	/* A sentence for people about a host; may be NULL. */
	void (*warn)(void *self, const struct target *target, const char *text);
	void *self;
};

int os_scan_new(const struct os_scan_config *config, struct os_scan **ret_scan);
struct system_detector os_scan_detector(struct os_scan *scan);
void os_scan_free(struct os_scan *scan); /* NULL is fine; no order may be under way */

#endif
