/* What scripts found, as JSON. For ndjson.c. */
#ifndef PORTOLAN_REPORT_FORMAT_NDJSON_SCRIPT_H
#define PORTOLAN_REPORT_FORMAT_NDJSON_SCRIPT_H

#include "report/format.h"
#include "util/json_write.h"

/* The fields of a result or a finding, into an object that is open. */
void ndjson_add_script(struct json_writer *json, const struct script_place *place,
		       const struct script_result *result);
void ndjson_add_finding(struct json_writer *json, const struct script_place *place,
			const struct script_finding *finding);
/* "scripts" and "findings" of a host; nothing when there are none. */
void ndjson_add_scripts(struct json_writer *json, const struct scripts_report *scripts);
/* "findings": how many of each severity; nothing when there are none. */
void ndjson_add_findings_total(struct json_writer *json, const struct format_totals *totals);

#endif
