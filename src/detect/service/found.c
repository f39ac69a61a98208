#include "detect/service/found.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

void found_release(struct found *found)
{
	int i;

	for (i = 0; i < MATCH_FIELDS; i++)
		alloc_free(found->fields[i]);
	alloc_free(found->sample);
	*found = (struct found){0};
}

static int copy_sample(struct found *found, const uint8_t *response, size_t bytes)
{
	found->response_bytes = bytes;
	found->sample_bytes = bytes < SERVICE_SAMPLE_MAX ? bytes : SERVICE_SAMPLE_MAX;
	if (!found->sample_bytes)
		return 0;
	found->sample = alloc_array(found->sample_bytes, 1);
	if (!found->sample)
		return ERROR_MEMORY;
	memcpy(found->sample, response, found->sample_bytes);
	return 0;
}

int found_set(struct found *found, const struct match_result *result,
	      const struct service_probe *probe, const uint8_t *response, size_t bytes)
{
	struct found made = {.line = result->line, .probe = probe, .with = result->with};
	int i, r = copy_sample(&made, response, bytes);

	for (i = 0; r == 0 && i < MATCH_FIELDS; i++) {
		if (!result->fields[i] || !*result->fields[i])
			continue;
		made.fields[i] = alloc_strdup(result->fields[i]);
		if (!made.fields[i])
			r = ERROR_MEMORY;
	}
	if (r < 0) {
		found_release(&made);
		return r;
	}
	found_release(found);
	*found = made;
	return 0;
}

static unsigned weight(const struct found *found)
{
	unsigned weight = 0;
	int i;

	if (!found->line)
		return 0;
	for (i = 0; i < MATCH_FIELDS; i++)
		weight += found->fields[i] != NULL;
	weight += found->fields[MATCH_VERSION] ? 16 : 0;
	weight += found->fields[MATCH_PRODUCT] ? 32 : 0;
	return weight + (found->line->soft ? 64 : 128);
}

bool found_tells_more(const struct found *a, const struct found *b)
{
	return weight(a) > weight(b);
}

void found_fill_in(struct found *found, struct found *soft)
{
	int i;

	for (i = 0; i < MATCH_FIELDS; i++) {
		if (found->fields[i])
			continue;
		found->fields[i] = soft->fields[i];
		soft->fields[i] = NULL;
	}
}
