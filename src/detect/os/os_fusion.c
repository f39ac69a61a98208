/* data/os/fusion.tsv: the numbers. */
#include "detect/os/os_evidence_private.h"
#include "util/error.h"

#include <string.h>

#define NUMBER(name, field)                             \
	{                                               \
		name, offsetof(struct os_fusion, field) \
	}

static const struct number {
	const char *name;
	size_t offset;
} numbers[] = {
	NUMBER("ttl-right", ttl.right),
	NUMBER("ttl-common", ttl.common),
	NUMBER("df-right", df.right),
	NUMBER("df-common", df.common),
	NUMBER("id-right", id.right),
	NUMBER("id-common", id.common),
	NUMBER("window-right", window.right),
	NUMBER("window-common", window.common),
	NUMBER("options-right", options.right),
	NUMBER("options-common", options.common),
	NUMBER("mss-options-common", mss_options_common),
	NUMBER("stamps-right", stamps.right),
	NUMBER("stamps-common", stamps.common),
	NUMBER("code-right", code.right),
	NUMBER("code-common", code.common),
	NUMBER("print-slope", print_slope),
	NUMBER("print-unknown", print_unknown),
	NUMBER("print-variant", print_variant),
	NUMBER("print-points", print_points),
	NUMBER("damping", damping),
	NUMBER("cap-stack", cap[OS_GROUP_STACK]),
	NUMBER("cap-words", cap[OS_GROUP_WORDS]),
	NUMBER("cap-hardware", cap[OS_GROUP_HARDWARE]),
	NUMBER("cap-name", cap[OS_GROUP_NAME]),
	NUMBER("temperature", temperature),
	NUMBER("contradiction", contradiction),
	NUMBER("points", points),
	NUMBER("ceiling-none", ceiling_none),
	NUMBER("ceiling-one", ceiling_one),
	NUMBER("ceiling-two", ceiling_two),
	NUMBER("ceiling-more", ceiling_more),
	NUMBER("ceiling-contradiction", ceiling_contradiction),
	NUMBER("nail-accuracy", nail_accuracy),
	NUMBER("nail-lead", nail_lead),
	NUMBER("nail-points", nail_points),
	NUMBER("settled", settled),
};

#define NUMBERS (sizeof(numbers) / sizeof(*numbers))

static size_t find_number(const char *name)
{
	size_t i;

	for (i = 0; i < NUMBERS; i++)
		if (strcmp(numbers[i].name, name) == 0)
			break;
	return i;
}

/* All are above 0: probabilities, bits and what bits are divided by. */
static int take_number(struct os_fusion *fusion, bool *seen, const struct os_table *table,
		       struct diag *diag)
{
	size_t i = table->count >= 2 ? find_number(table->fields[0]) : NUMBERS;
	double value;

	if (i == NUMBERS || seen[i])
		return os_table_wrong(table, "no number of the fusion, or one twice", diag);
	if (!os_number_parse(table->fields[1], &value) || value <= 0)
		return os_table_wrong(table, "the value is a number above 0", diag);
	memcpy((char *)fusion + numbers[i].offset, &value, sizeof(value));
	seen[i] = true;
	return 0;
}

int os_fusion_parse(struct os_table *table, struct os_fusion *ret_fusion, struct diag *diag)
{
	bool seen[NUMBERS] = {false};
	size_t i;
	int r = 0;

	while (r == 0 && os_table_next(table))
		r = take_number(ret_fusion, seen, table, diag);
	for (i = 0; r == 0 && i < NUMBERS; i++)
		if (!seen[i])
			r = diag_set(diag, ERROR_SYNTAX, "%s: %s is missing", table->name,
				     numbers[i].name);
	return r;
}
