/* Files of service and protocol names, as a user's --servicedb might be. */
#include "net/services.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(const struct services *services, enum transport transport)
{
	static struct portset all, half;

	portset_clear(&all);
	portset_clear(&half);
	services_top(services, transport, UINT32_MAX, NULL, &all);
	services_at_least(services, transport, 0.5, &all, &half);
	assert(half.count <= all.count);
	for (int32_t p = portset_next(&all, 0); p >= 0; p = portset_next(&all, (uint32_t)p + 1)) {
		const char *name = services_name(services, transport, (uint16_t)p);
		double frequency = services_frequency(services, transport, (uint16_t)p);

		assert(services_knows(services, transport, (uint16_t)p));
		assert(!name || (*name && strlen(name) <= 127));
		assert(frequency >= 0 && frequency <= 1);
	}
	assert(services_match(services, transport, "*", &all) == all.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct services *services = NULL;
	struct diag diag = {0};

	if (services_parse(data, bytes, &services, &diag)) {
		assert(diag.line && diag.column && *diag.text);
		if (services_parse("", 0, &services, &diag))
			return 0;
	}
	(void)services_parse_protocols(services, data, bytes, &diag);
	for (int i = 0; i < TRANSPORTS; i++)
		check(services, (enum transport)i);
	services_free(services);
	return 0;
}
