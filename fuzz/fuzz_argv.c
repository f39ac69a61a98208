/* Whole command lines, arguments parted by line ends, into plans. --resume
 * and the options that read files are left to their own harnesses. */
#include "api/options.h"
#include "util/buf.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char text[1024], program[] = "portolan", *argv[65] = {program};
	struct plan_request request = {.argc = 1, .argv = argv, .raw_possible = bytes % 2 == 0};
	enum request_kind kind;
	struct plan *plan = NULL;
	struct diag diag;
	size_t i;

	if (bytes >= sizeof(text))
		return 0;
	for (i = 0; i < bytes; i++)
		text[i] = data[i] == '\n' ? 0 : (char)data[i];
	text[bytes] = 0;
	for (i = 0; i < bytes && request.argc < 64; i++) {
		if (i && text[i - 1])
			continue;
		if (strstr(text + i, "res") || strstr(text + i, "serv") ||
		    strstr(text + i, "datad") || strstr(text + i, "-i"))
			return 0;
		argv[request.argc++] = text + i;
	}
	if (plan_from_argv(&request, &kind, &plan, &diag) == 0 && plan) {
		struct buf out = BUF_INIT;

		plan_explain(plan, 1, &out);
		buf_release(&out);
	}
	plan_free(plan);
	return 0;
}
