/* What runs on a port, as an object of the NDJSON output: all that is known of
 * it, with what that rests on (data/schema/portolan-events.schema.json, "detected"). */
#ifndef PORTOLAN_REPORT_FORMAT_NDJSON_SERVICE_H
#define PORTOLAN_REPORT_FORMAT_NDJSON_SERVICE_H

#include "engine/service.h"
#include "util/json_write.h"

void ndjson_add_service(struct json_writer *json, const struct service_facts *facts);

#endif
