/* RPC replies, and lists of RPC programs. */
#include "detect/service/rpc_grind.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_names(const uint8_t *data, size_t bytes)
{
	struct rpc_programs *programs = NULL;
	size_t i;

	if (rpc_programs_parse(data, bytes, &programs) < 0)
		return;
	for (i = 0; i < rpc_programs_count(programs); i++)
		assert(*rpc_programs_at(programs, i)->name);
	rpc_programs_free(programs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct rpc_reply reply;

	if (rpc_reply_parse(data, bytes, &reply))
		assert(bytes >= 24 && reply.low <= reply.high);
	check_names(data, bytes);
	return 0;
}
