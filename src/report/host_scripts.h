/* What scripts found out about one host, or before or after the scan, and all findings,
 * gathered until the report is written. One block of memory each. */
#ifndef PORTOLAN_REPORT_HOST_SCRIPTS_H
#define PORTOLAN_REPORT_HOST_SCRIPTS_H

#include "report/host_report.h"

struct host_script;
struct host_finding;

struct host_scripts {
	struct host_script *scripts;
	size_t scripts_count, scripts_cap;
	struct host_finding *findings;
	size_t findings_count, findings_cap;
	size_t bytes;
	/* What host_scripts_give() made of them. */
	struct script_report *scripts_report;
	struct finding_report *findings_report;
};

/* Keeps a copy, which *ret_kept is. ERROR_MEMORY. */
int host_scripts_add(struct host_scripts *all, const struct script_place *place,
		     const struct script_result *result, const struct script_result **ret_kept);
int host_scripts_add_finding(struct host_scripts *all, const struct script_place *place,
			     const struct script_finding *finding,
			     const struct script_finding **ret_kept);
/* All of them in order, the later ones of those that replace each other; lives as long as
 * they do, or until the next call. ERROR_MEMORY. */
int host_scripts_give(struct host_scripts *all, struct scripts_report *ret_report);
void host_scripts_release(struct host_scripts *all);

#endif
