#include "engine/payloads.h"

#include "util/alloc.h"
#include "util/error.h"

struct payloads {
	size_t count;
};

int payloads_builtin(struct payloads **ret_payloads)
{
	*ret_payloads = alloc_zero(sizeof(**ret_payloads));
	return *ret_payloads ? 0 : ERROR_MEMORY;
}

void payloads_free(struct payloads *payloads)
{
	alloc_free(payloads);
}

const struct payload *payloads_of(const struct payloads *payloads, uint16_t port, size_t *ret_count)
{
	*ret_count = 0;
	return NULL;
}

int payloads_load(const char *path, struct payloads **ret_payloads, struct diag *diag)
{
	return payloads_builtin(ret_payloads);
}
