/* Which system a host runs, and the way to it, as objects of the NDJSON output: all that is
 * known, with what it rests on (data/schema/portolan-events.schema.json, "system" and "path"). */
#ifndef PORTOLAN_REPORT_FORMAT_NDJSON_SYSTEM_H
#define PORTOLAN_REPORT_FORMAT_NDJSON_SYSTEM_H

#include "engine/path.h"
#include "engine/system.h"
#include "util/json_write.h"

void ndjson_add_system(struct json_writer *json, const struct system_facts *facts);
void ndjson_add_path(struct json_writer *json, const struct path_facts *facts);

#endif
