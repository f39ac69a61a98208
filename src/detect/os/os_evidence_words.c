/* What words tell: service answers, the maker of the network card, the host's name
 * (data/os/words.tsv). */
#include "detect/os/os_evidence_private.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define TEXT_BYTES 640
#define SAYS_BYTES 160
#define HINTS_MAX  256u /* of one host; then all has been said */

enum column { WHERE, FIELD, PATTERN, WEIGHTS, COLUMNS };

/* ------------------------------------------------- the table */

enum field { OSTYPE, CPE_O, DEVICETYPE, SERVICE, PRODUCT, VERSION, TEXT, FIELDS };

static const char *const where_words[] = {"hint", "vendor", "name"};
static const char *const field_words[FIELDS] = {"ostype",  "cpe_o",   "devicetype", "service",
						"product", "version", "text"};

static int find_word(const char *const *words, int count, const char *word)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

static void set_bits(const struct os_systems *systems, uint64_t found, double bits, float *row)
{
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (found & systems->all[i].mask)
			row[i] = (float)bits;
}

/* "linux-*=6 linux-6=+2 android=1": a later one counts. False: it is wrong. */
static bool take_weights(const struct os_systems *systems, const char *text,
			 struct os_words_row *row)
{
	char word[64];

	while (*text) {
		size_t bytes = strcspn(text, " ");
		uint64_t found;
		char *equals;
		double bits;
		bool extra;

		if (!bytes || bytes >= sizeof(word))
			return false;
		memcpy(word, text, bytes);
		word[bytes] = '\0';
		equals = strchr(word, '=');
		extra = equals && equals[1] == '+';
		if (!equals || !os_number_parse(equals + 1 + extra, &bits))
			return false;
		*equals = '\0';
		found = os_systems_find(systems, word);
		if (!found)
			return false;
		set_bits(systems, found, bits, extra ? row->extra : row->bits);
		text += bytes + (text[bytes] == ' ');
	}
	return true;
}

static int take_row(const struct os_systems *systems, const struct os_table *table,
		    struct os_words_row *row, struct diag *diag)
{
	int where, field = 0;

	if (table->count != COLUMNS)
		return os_table_wrong(table, "words have four fields", diag);
	where = find_word(where_words, 3, table->fields[WHERE]);
	if (where < 0)
		return os_table_wrong(table, "write hint, vendor or name", diag);
	if (where == OS_WORDS_HINT)
		field = find_word(field_words, FIELDS, table->fields[FIELD]);
	if (field < 0)
		return os_table_wrong(table, "no hint has such a field", diag);
	if (!*table->fields[WEIGHTS] || !take_weights(systems, table->fields[WEIGHTS], row))
		return os_table_wrong(table, "weights are KEY=BITS with blanks between", diag);
	row->where = (enum os_words_where)where;
	row->field = (size_t)field;
	row->patterns = table->fields[PATTERN];
	return 0;
}

int os_words_parse(struct os_table *table, struct os_evidence *evidence, struct diag *diag)
{
	size_t room = os_table_lines(table);
	int r = 0;

	evidence->words = arena_alloc(&evidence->arena, room * sizeof(*evidence->words));
	if (!evidence->words)
		return ERROR_MEMORY;
	while (r == 0 && os_table_next(table))
		r = take_row(&evidence->systems, table, &evidence->words[evidence->words_count++],
			     diag);
	return r;
}

/* ------------------------------------------------- weighing */

/* What speaks for a system, what speaks against it and what comes on top, the strongest of
 * each. */
struct tally {
	bool any;
	float best[OS_SYSTEMS_MAX], worst[OS_SYSTEMS_MAX], extra[OS_SYSTEMS_MAX];
};

static void add_row(const struct os_words_row *row, size_t systems, struct tally *tally)
{
	size_t i;

	tally->any = true;
	for (i = 0; i < systems; i++) {
		if (row->bits[i] > tally->best[i])
			tally->best[i] = row->bits[i];
		if (row->bits[i] < tally->worst[i])
			tally->worst[i] = row->bits[i];
		if (row->extra[i] > tally->extra[i])
			tally->extra[i] = row->extra[i];
	}
}

static void weigh(const struct os_evidence *evidence, enum os_words_where where, size_t field,
		  const char *text, struct tally *tally)
{
	size_t i;

	if (!text || !*text)
		return;
	for (i = 0; i < evidence->words_count; i++) {
		const struct os_words_row *row = &evidence->words[i];

		if (row->where == where && row->field == field &&
		    os_words_match(row->patterns, '|', text))
			add_row(row, evidence->systems.count, tally);
	}
}

/* Adds a clue when anything was found. */
static int add_tally(struct os_trial *trial, enum os_group group, const char *source,
		     const char *says, const struct tally *tally)
{
	struct os_clue *clue;
	size_t i;
	int r;

	if (!tally->any)
		return 0;
	clue = os_trial_add(trial, group, source, says, &r);
	for (i = 0; clue && i < trial->evidence->systems.count; i++)
		clue->bits[i] =
			(double)tally->best[i] + (double)tally->worst[i] + (double)tally->extra[i];
	return r;
}

/* ------------------------------------------------- hints */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void weigh_hint(const struct os_evidence *evidence, const struct system_hint *hint,
		       struct tally *tally)
{
	const char *fields[FIELDS] = {
		[OSTYPE] = hint->ostype,         [CPE_O] = hint->cpe_o,
		[DEVICETYPE] = hint->devicetype, [SERVICE] = hint->service,
		[PRODUCT] = hint->product,       [VERSION] = hint->version,
	};
	char text[TEXT_BYTES];
	size_t i;

	snprintf(text, sizeof(text), "%s %s %s", or_empty(hint->product), or_empty(hint->version),
		 or_empty(hint->extrainfo));
	fields[TEXT] = text;
	for (i = 0; i < FIELDS; i++)
		weigh(evidence, OS_WORDS_HINT, i, fields[i], tally);
}

static void add_part(char says[SAYS_BYTES], const char *before, const char *part,
		     const char *behind)
{
	size_t used = strlen(says);

	if (part && *part)
		snprintf(says + used, SAYS_BYTES - used, "%s%s%s%s", used ? " " : "", before, part,
			 behind);
}

/* "OpenSSH 9.2p1 (Debian 2+deb12u3; protocol 2.0), system Linux" */
static void say_hint(const struct system_hint *hint, char says[SAYS_BYTES])
{
	*says = '\0';
	add_part(says, "", hint->product ? hint->product : hint->service, "");
	add_part(says, "", hint->version, "");
	add_part(says, "(", hint->extrainfo, ")");
	if (hint->ostype && *hint->ostype)
		add_part(says, "for ", hint->ostype, "");
	else
		add_part(says, "", hint->cpe_o, "");
}

static int hear_hint(struct os_trial *trial, const struct system_hint *hint)
{
	char source[64], says[SAYS_BYTES];
	struct tally tally = {.any = false};

	weigh_hint(trial->evidence, hint, &tally);
	if (!tally.any)
		return 0;
	snprintf(source, sizeof(source), "%.30s on port %u/%s",
		 hint->service && *hint->service ? hint->service : "service", hint->port,
		 transport_name(hint->transport));
	say_hint(hint, says);
	return add_tally(trial, OS_GROUP_WORDS, source, says, &tally);
}

int os_source_hints(struct os_trial *trial)
{
	const struct system_order *order = trial->input->order;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < order->hints_count && i < HINTS_MAX; i++)
		r = hear_hint(trial, &order->hints[i]);
	return r;
}

/* ------------------------------------------------- vendor, name */

static int hear_word(struct os_trial *trial, enum os_group group, enum os_words_where where,
		     const char *source, const char *word)
{
	struct tally tally = {.any = false};

	weigh(trial->evidence, where, 0, word, &tally);
	return add_tally(trial, group, source, word, &tally);
}

int os_source_vendor(struct os_trial *trial)
{
	return hear_word(trial, OS_GROUP_HARDWARE, OS_WORDS_VENDOR, "hardware address",
			 trial->input->vendor);
}

int os_source_name(struct os_trial *trial)
{
	return hear_word(trial, OS_GROUP_NAME, OS_WORDS_NAME, "host name",
			 trial->input->order->name);
}
