#include "engine/technique.h"

#include <string.h>

#define TECHNIQUE(name) extern const struct scan_technique technique_##name;
#include "engine/technique/all.def"
#undef TECHNIQUE
#define PING(name) extern const struct scan_technique technique_##name;
#include "engine/technique/pings.def"
#undef PING

static const struct scan_technique *const techniques[] = {
#define TECHNIQUE(name) &technique_##name,
#include "engine/technique/all.def"
#undef TECHNIQUE
};

static const struct scan_technique *const pings[] = {
#define PING(name) &technique_##name,
#include "engine/technique/pings.def"
#undef PING
	NULL,
};

#define TECHNIQUES_COUNT (sizeof(techniques) / sizeof(techniques[0]))
#define PINGS_COUNT      (sizeof(pings) / sizeof(pings[0]) - 1)

const struct scan_technique *const *technique_all(size_t *ret_count)
{
	*ret_count = TECHNIQUES_COUNT;
	return techniques;
}

const struct scan_technique *const *ping_all(size_t *ret_count)
{
	*ret_count = PINGS_COUNT;
	return pings;
}

const struct scan_technique *technique_by_letter(char letter)
{
	size_t i;

	for (i = 0; letter && i < TECHNIQUES_COUNT; i++)
		if (techniques[i]->letter == letter)
			return techniques[i];
	return NULL;
}

static const struct scan_technique *find(const struct scan_technique *const *among, size_t count,
					 const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(among[i]->name, name))
			return among[i];
	return NULL;
}

const struct scan_technique *technique_by_name(const char *name)
{
	const struct scan_technique *found = find(techniques, TECHNIQUES_COUNT, name);

	return found ? found : find(pings, PINGS_COUNT, name);
}
