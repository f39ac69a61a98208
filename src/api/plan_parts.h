/* The parts of plan_from_settings(), a file each. */
#ifndef PORTOLAN_API_PLAN_PARTS_H
#define PORTOLAN_API_PLAN_PARTS_H

#include "api/settings.h"

/* plan_timing.c */
void plan_set_timing(const struct settings *settings, struct timing *ret_timing);

/* plan_packets.c, plan_mac.c: plan->packets and vendors_path; the seed is set already. */
int plan_set_packets(struct settings *settings, const struct plan_request *request,
		     struct plan *plan, struct diag *diag);
int plan_set_mac(struct settings *settings, const struct plan_request *request, struct plan *plan,
		 struct diag *diag);

/* plan_pings.c: raw discovery. */
int plan_set_pings(struct settings *settings, struct plan *plan, const struct port_rules *excluded,
		   struct diag *diag);

/* plan_idle.c: the zombie of -sI; its port is that of the pings unless typed. */
int plan_set_idle(struct settings *settings, struct plan *plan, struct diag *diag);

/* plan_sweep.c: last, when targets and ports are known. Is a scan of so many
 * targets (negative: without end) one for a sweep, though nobody asked? */
void plan_set_sweep(const struct settings *settings, struct plan *plan);
bool plan_is_large(const struct plan *plan, double targets);

/* plan_ports.c: a list under an option's name, which goes before what is wrong
 * with it. */
struct port_list_use {
	const char *option;
	unsigned transports;
	bool prefixes;
};
int plan_parse_ports(struct settings *settings, const struct plan *plan,
		     const struct port_list_use *use, const char *text,
		     struct port_rules *ret_rules, struct diag *diag);

/* plan_ports.c: plan->payloads, from payloads_path or our own, when a technique
 * or a ping asks by UDP. */
int plan_load_payloads(struct plan *plan, struct diag *diag);

/* plan_datadir.c: the data folder that the user named; NULL: none. Files that are not in it are
 * no mistake, but a folder that is not there or closed is: ERROR_NOT_FOUND, and who named it. */
const char *plan_datadir(const struct settings *settings, const struct plan_request *request);
int plan_check_datadir(const struct settings *settings, const struct plan_request *request,
		       struct diag *diag);

/* plan_datadir.c: a file of the data folder, if it is there. The path is the plan's; NULL: it is
 * not. ERROR_MEMORY. */
int plan_find_file(const struct settings *settings, const struct plan_request *request,
		   const char *name, struct plan *plan, const char **ret_path);

/* plan_version.c: plan->version; the scan and the output are chosen already. */
int plan_set_version(struct settings *settings, const struct plan_request *request,
		     struct plan *plan, struct diag *diag);

/* plan_system.c: plan->system and plan->path; the scan is chosen already. The files are read
 * by the session. */
int plan_set_system(struct settings *settings, const struct plan_request *request,
		    struct plan *plan, struct diag *diag);

/* plan_scripts.c: plan->scripts; version and output are chosen already. */
int plan_set_scripts(struct settings *settings, const struct plan_request *request,
		     struct plan *plan, struct diag *diag);

/* plan_ports.c: plan->services, plan->ports and the ports of discovery; the
 * techniques are chosen already. */
int plan_set_ports(struct settings *settings, const struct plan_request *request, struct plan *plan,
		   struct diag *diag);

#endif
