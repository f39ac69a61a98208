/* Files of UDP payloads, as a user's nmap-payloads might be. */
#include "engine/payloads.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(const struct payloads *payloads)
{
	size_t count, i;
	uint32_t port;
	unsigned sum = 0;

	for (port = 0; port < 65536; port++) {
		const struct payload *all = payloads_of(payloads, (uint16_t)port, &count);

		assert(!all == !count);
		assert(count <= PAYLOADS_PER_PORT_MAX);
		for (i = 0; i < count; i++) {
			assert(all[i].count <= PAYLOAD_BYTES_MAX);
			if (all[i].count)
				sum += all[i].bytes[0] + all[i].bytes[all[i].count - 1];
		}
	}
	assert(sum <= 2 * 255u * 65536u * PAYLOADS_PER_PORT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct payloads *payloads = NULL;
	struct diag diag = {0};

	if (payloads_parse(data, bytes, &payloads, &diag))
		assert(*diag.text && !payloads);
	else
		check(payloads);
	payloads_free(payloads);
	return 0;
}
