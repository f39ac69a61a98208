#include "engine/sender_raw_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define TABLE_LEAST 1024u

int raw_tables_init(struct raw *raw)
{
	raw->hosts_mask = raw->probes_mask = TABLE_LEAST - 1;
	raw->hosts = alloc_array(TABLE_LEAST, sizeof(struct host *));
	raw->probes = alloc_array(TABLE_LEAST, sizeof(struct probe *));
	return raw->hosts && raw->probes ? 0 : ERROR_MEMORY;
}

void raw_tables_release(struct raw *raw)
{
	alloc_free(raw->hosts);
	alloc_free(raw->probes);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product =
		(unsigned __int128)(a ^ 0x9e3779b97f4a7c15ull) * (b ^ 0xd1b54a32d192ed03ull);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

struct host **raw_host_bucket(const struct raw *raw, const struct ip_addr *addr)
{
	uint64_t high, low;

	memcpy(&high, addr->bytes, sizeof(high));
	memcpy(&low, addr->bytes + sizeof(high), sizeof(low));
	return &raw->hosts[mix(high, low) & raw->hosts_mask];
}

static struct probe **raw_probe_bucket(const struct raw *raw, const struct host *host,
				       uint16_t value)
{
	return &raw->probes[mix((uintptr_t)host, value) & raw->probes_mask];
}

/* A table twice as large; where memory is short the chains grow instead. */
static void hosts_grow(struct raw *raw)
{
	size_t size = raw->hosts_mask + 1, i;
	struct host **old = raw->hosts, **wider;

	if (raw->hosts_count < size || !(wider = alloc_array(size * 2, sizeof(*wider))))
		return;
	raw->hosts = wider;
	raw->hosts_mask = size * 2 - 1;
	for (i = 0; i < size; i++) {
		struct host *host = old[i], *next;

		for (; host; host = next) {
			struct host **bucket = raw_host_bucket(raw, &host->target->addr);

			next = host->chain;
			host->chain = *bucket;
			*bucket = host;
		}
	}
	alloc_free(old);
}

static void probes_grow(struct raw *raw)
{
	size_t size = raw->probes_mask + 1, i;
	struct probe **old = raw->probes, **wider;

	if (raw->probes_count < size || !(wider = alloc_array(size * 2, sizeof(*wider))))
		return;
	raw->probes = wider;
	raw->probes_mask = size * 2 - 1;
	for (i = 0; i < size; i++) {
		struct probe *probe = old[i], *next;

		for (; probe; probe = next) {
			struct probe **bucket =
				raw_probe_bucket(raw, probe->host, probe->again.port);

			next = probe->chain;
			probe->chain = *bucket;
			*bucket = probe;
		}
	}
	alloc_free(old);
}

void raw_host_enter(struct raw *raw, struct host *host)
{
	struct host **bucket;

	if (host->raw)
		return;
	hosts_grow(raw);
	bucket = raw_host_bucket(raw, &host->target->addr);
	host->chain = *bucket;
	*bucket = host;
	host->raw = true;
	raw->hosts_count++;
}

void raw_host_leave(struct raw *raw, struct host *host)
{
	struct host **at;

	if (!host->raw)
		return;
	for (at = raw_host_bucket(raw, &host->target->addr); *at != host; at = &(*at)->chain)
		;
	*at = host->chain;
	host->raw = false;
	raw->hosts_count--;
}

void raw_probe_enter(struct raw *raw, struct probe *probe)
{
	struct probe **bucket;

	probes_grow(raw);
	bucket = raw_probe_bucket(raw, probe->host, probe->again.port);
	probe->chain = *bucket;
	*bucket = probe;
	probe->listed = true;
	raw->probes_count++;
}

void sender_raw_unlist(struct sender *sender, struct probe *probe)
{
	struct raw *raw = sender->raw;
	struct probe **at = raw_probe_bucket(raw, probe->host, probe->again.port);

	while (*at != probe)
		at = &(*at)->chain;
	*at = probe->chain;
	probe->listed = false;
	raw->probes_count--;
}

struct probe *raw_probe_find(const struct raw *raw, const struct host *host, uint16_t value,
			     bool canary)
{
	struct probe *probe = *raw_probe_bucket(raw, host, value);

	while (probe &&
	       (probe->host != host || probe->again.port != value || probe->canary != canary))
		probe = probe->chain;
	return probe;
}
