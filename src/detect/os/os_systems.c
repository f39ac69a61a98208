/* data/os/systems.tsv: what guesses are made of. */
#include "detect/os/os_evidence_private.h"
#include "util/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CLASS_TEXT_BYTES 256

enum column { KEY, FAMILY, NAME, PRIOR, STACK, CLASSES, COLUMNS };

/* The first system of the same family, or the next place. */
static size_t kin_of(const struct os_systems *systems, const char *family)
{
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (strcmp(systems->all[i].family, family) == 0)
			return i;
	return systems->count;
}

static int add_system(struct os_systems *systems, const struct os_table *table, struct diag *diag)
{
	struct os_system *system = &systems->all[systems->count];
	size_t i;

	if (systems->count == OS_SYSTEMS_MAX)
		return os_table_wrong(table, "too many systems", diag);
	if (table->count != COLUMNS)
		return os_table_wrong(table, "a system has six fields", diag);
	if (!os_number_parse(table->fields[PRIOR], &system->prior) || system->prior <= 0)
		return os_table_wrong(table, "the prior is a number above 0", diag);
	for (i = 0; i < systems->count; i++)
		if (strcmp(systems->all[i].key, table->fields[KEY]) == 0)
			return os_table_wrong(table, "the key is there already", diag);
	system->key = table->fields[KEY];
	system->family = table->fields[FAMILY];
	system->name = table->fields[NAME];
	system->stack = table->fields[STACK];
	system->classes = table->fields[CLASSES];
	system->kin = kin_of(systems, system->family);
	system->mask = UINT64_C(1) << systems->count;
	systems->count++;
	return 0;
}

/* Shares of a sum become logarithms. */
static void weigh_priors(struct os_systems *systems)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < systems->count; i++)
		sum += systems->all[i].prior;
	for (i = 0; i < systems->count; i++)
		systems->all[i].prior = log2(systems->all[i].prior / sum);
}

int os_systems_parse(struct os_table *table, struct os_systems *ret_systems, struct diag *diag)
{
	int r = 0;

	ret_systems->count = 0;
	while (r == 0 && os_table_next(table))
		r = add_system(ret_systems, table, diag);
	if (r < 0)
		return r;
	if (!ret_systems->count)
		return os_table_wrong(table, "there are no systems", diag);
	ret_systems->other = ret_systems->count - 1;
	weigh_priors(ret_systems);
	return 0;
}

uint64_t os_systems_find(const struct os_systems *systems, const char *patterns)
{
	uint64_t found = 0;
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (os_words_match(patterns, ',', systems->all[i].key))
			found |= systems->all[i].mask;
	return found;
}

size_t os_systems_of_class(const struct os_systems *systems, const struct os_class *found)
{
	char text[CLASS_TEXT_BYTES];
	size_t i;

	snprintf(text, sizeof(text), "%s|%s|%s|%s", found->vendor, found->family,
		 found->generation ? found->generation : "", found->type ? found->type : "");
	for (i = 0; i < systems->other; i++)
		if (os_words_match(systems->all[i].classes, ';', text))
			return i;
	return systems->other;
}
