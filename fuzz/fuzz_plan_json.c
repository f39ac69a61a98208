/* Plans as JSON: what is accepted must come back the same. */
#include "api/options.h"
#include "util/alloc.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct plan *plan = NULL, *again = NULL;
	char *json, *twice;
	struct diag diag;

	/* A table of ports from a path of the fuzzer's choice is another harness. */
	if (memmem(data, bytes, "services", 8) && !memmem(data, bytes, "builtin", 7))
		return 0;
	if ((memmem(data, bytes, "protocols", 9) &&
	     !memmem(data, bytes, "protocols\": null", 16)) ||
	    (memmem(data, bytes, "payloads", 8) && !memmem(data, bytes, "payloads\": null", 15)))
		return 0;
	if (plan_from_json((const char *)data, bytes, &plan, &diag) < 0)
		return 0;
	json = plan_to_json(plan);
	if (!json || plan_from_json(json, strlen(json), &again, &diag) < 0)
		abort();
	twice = plan_to_json(again);
	if (!twice || strcmp(json, twice) != 0)
		abort();
	alloc_free(json);
	alloc_free(twice);
	plan_free(plan);
	plan_free(again);
	return 0;
}
