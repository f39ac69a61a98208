#include "engine/technique.h"

#include <string.h>

#define TECHNIQUE(name) extern const struct scan_technique technique_##name;
#include "engine/technique/all.def"
#undef TECHNIQUE

static const struct scan_technique *const techniques[] = {
#define TECHNIQUE(name) &technique_##name,
#include "engine/technique/all.def"
#undef TECHNIQUE
};

#define TECHNIQUES_COUNT (sizeof(techniques) / sizeof(techniques[0]))

const struct scan_technique *const *technique_all(size_t *ret_count)
{
	*ret_count = TECHNIQUES_COUNT;
	return techniques;
}

const struct scan_technique *technique_by_letter(char letter)
{
	size_t i;

	for (i = 0; i < TECHNIQUES_COUNT; i++)
		if (techniques[i]->letter == letter)
			return techniques[i];
	return NULL;
}

const struct scan_technique *technique_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < TECHNIQUES_COUNT; i++)
		if (!strcmp(techniques[i]->name, name))
			return techniques[i];
	return NULL;
}
