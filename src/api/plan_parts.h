/* The parts of plan_from_settings(), a file each. */
#ifndef PORTOLAN_API_PLAN_PARTS_H
#define PORTOLAN_API_PLAN_PARTS_H

#include "api/settings.h"

/* plan_timing.c */
void plan_set_timing(const struct settings *settings, struct timing *ret_timing);

/* plan_ports.c: plan->services, plan->ports and the ports of discovery; the
 * techniques are chosen already. */
int plan_set_ports(struct settings *settings, const struct plan_request *request, struct plan *plan,
		   struct diag *diag);

#endif
