/* The part of a session that finds out what runs on ports: signatures, matcher and
 * service scan, made from the plan. */
#ifndef PORTOLAN_API_SESSION_SERVICES_H
#define PORTOLAN_API_SESSION_SERVICES_H

#include "detect/service/service_scan.h"
#include "report/out.h"

struct session_services {
	struct probe_db *db;
	struct matcher *matcher;
	struct rpc_programs *programs;
	struct service_scan *scan;
	struct detector detector;
	struct out *screen; /* for --version-trace; borrowed; NULL: nobody looks */
	void (*warn)(void *self, const char *text);
	void *self;
	bool wanted;
};

/* Files are read here. Nothing when the plan does not ask for it. screen, warn and self are
 * to be set before. ERROR_* with words. */
int session_services_open(struct session_services *services, const struct plan *plan,
			  struct loop *loop, struct flow_net *flows, struct diag *diag);
/* NULL: not wanted. */
const struct detector *session_services_detector(const struct session_services *services);
/* After the run; before the flows. */
void session_services_close(struct session_services *services);

#endif
