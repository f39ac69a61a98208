/* The part of a session that finds out which system a host runs, and where the hops on the way
 * to it are: reference prints, OS scan and files of places, made from the plan. */
#ifndef PORTOLAN_API_SESSION_SYSTEMS_H
#define PORTOLAN_API_SESSION_SYSTEMS_H

#include "detect/os/os_scan.h"
#include "detect/vendor/vendors.h"
#include "engine/path.h"
#include "net/geo.h"

struct session_systems {
	struct os_db *db;
	struct geo *geo;
	struct geo_place place; /* of the last address that was asked for */
	struct os_scan *scan;
	struct system_detector detector;
	const struct vendors *vendors; /* borrowed; NULL: the compiled-in table */
	char vendor[VENDOR_NAME_BYTES];
	void (*warn)(void *self, const char *text); /* may be NULL */
	void *self;
	bool wanted;
};

/* The files only: reference prints, and places of hops. Nothing of what the plan does not ask
 * for. warn and self are to be set before; entries that were left out are warned of. ERROR_*
 * with words. */
int session_systems_load(struct session_systems *systems, const struct plan *plan,
			 struct diag *diag);
/* The same, and the scan. vendors is to be set before, too. */
int session_systems_open(struct session_systems *systems, const struct plan *plan,
			 struct loop *loop, struct diag *diag);
/* NULL: not wanted. */
const struct system_detector *session_systems_detector(const struct session_systems *systems);
/* As run_config.place has it, with the systems as self; not without a file of places (geo). */
void session_systems_place(void *self, const struct ip_addr *addr, struct path_place *ret_place);
/* After the run; before the loop. */
void session_systems_close(struct session_systems *systems);

#endif
