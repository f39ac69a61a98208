/* os_judge [--db PATH] [--fusion FILE] [--entries DB] [--samples FOLDER] [--as MANNER] [--explain
 * yes] [FILE...]: what the fusion of OS evidence says of labelled cases, for tools/calibrate-os and
 * bench/os-confidence. No network.
 *
 * FILE: cases as data/os/cases/README.md has them. --entries: every entry of a reference file
 * is a case, as a host that answers exactly so (of each expression a value by chance, with a fixed
 * seed). --samples: every measured print of data/os/samples is a case. MANNER: which tests of those
 * were made: whole, no-closed (not T5..T7 and U1), sequence (SEQ, OPS, WIN, T1), only-open (those
 * and ECN), only-icmp (U1, IE). Per case a line: how, is the likeliest family right, its
 * probability, is the likeliest guess right, its probability, the probability of the right systems,
 * of the right family, contradiction, the truth, the likeliest guess, would more probes be
 * needless. With --explain guesses and evidence follow. */
#include "detect/os/os_evidence_private.h"
#include "detect/os/os_print.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HINTS_MAX 16
#define FILE_MAX  (64u << 20)

static void end(const char *words)
{
	fprintf(stderr, "os_judge: %s\n", words);
	exit(2);
}

struct options {
	const char *db, *fusion, *entries, *samples, *manner, *explain;
};

static bool explains;

struct labelled {
	const char *how;
	uint64_t truth;
	struct os_evidence_input input;
	struct system_order order;
	struct system_hint hints[HINTS_MAX];
	struct os_fingerprint print;
};

/* ------------------------------------------------- telling */

static double sum_of(const struct os_verdict *verdict, const struct os_systems *systems,
		     uint64_t truth, bool by_family)
{
	double sum = 0;
	size_t i, k;

	for (i = 0; i < verdict->guesses_count; i++)
		for (k = 0; k < systems->count; k++) {
			const char *own =
				by_family ? verdict->guesses[i].family : verdict->guesses[i].name;

			if (truth & systems->all[k].mask &&
			    strcmp(own, by_family ? systems->all[k].family
						  : systems->all[k].name) == 0) {
				sum += verdict->guesses[i].probability;
				break;
			}
		}
	return sum;
}

/* Without "something else": that is no claim. */
static size_t top_family(const struct os_verdict *verdict, const struct os_systems *systems,
			 double *ret_sum)
{
	size_t best = systems->other, i;

	*ret_sum = 0;
	for (i = 0; i < systems->other; i++) {
		double sum = sum_of(verdict, systems, systems->all[i].mask, true);

		if (sum > *ret_sum) {
			*ret_sum = sum;
			best = i;
		}
	}
	return best;
}

static bool is_true_family(const struct os_systems *systems, uint64_t truth, size_t family)
{
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (truth & systems->all[i].mask && systems->all[i].kin == systems->all[family].kin)
			return true;
	return false;
}

static const struct system_guess *top_guess(const struct os_verdict *verdict)
{
	const struct system_guess *top = verdict->guesses;

	if (strcmp(top->family, "something else") == 0 && verdict->guesses_count > 1)
		top++;
	return top;
}

static const char *truth_text(const struct os_systems *systems, uint64_t truth, struct buf *text)
{
	size_t i;

	buf_clear(text);
	for (i = 0; i < systems->count; i++)
		if (truth & systems->all[i].mask)
			buf_addf(text, "%s%s", text->len ? "," : "", systems->all[i].key);
	return buf_str(text);
}

static bool is_true_name(const struct os_systems *systems, uint64_t truth, const char *name)
{
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (truth & systems->all[i].mask && strcmp(systems->all[i].name, name) == 0)
			return true;
	return false;
}

static void explain(const struct os_verdict *verdict)
{
	size_t i;

	for (i = 0; i < verdict->guesses_count; i++)
		printf("\t%.4f %s\n", verdict->guesses[i].probability, verdict->guesses[i].name);
	for (i = 0; i < verdict->evidence_count; i++)
		printf("\t%5.1f %s: %s: %s\n", verdict->evidence[i].weight,
		       verdict->evidence[i].family ? verdict->evidence[i].family : "-",
		       verdict->evidence[i].source, verdict->evidence[i].says);
}

static void tell(const struct os_evidence *evidence, struct labelled *one)
{
	const struct os_systems *systems = &evidence->systems;
	const struct system_guess *top;
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct os_verdict verdict;
	double sum;
	size_t family;

	if (os_evidence_judge(evidence, &one->input, &arena, &verdict) < 0)
		end("out of memory");
	family = top_family(&verdict, systems, &sum);
	top = top_guess(&verdict);
	printf("%s\t%d\t%.4f\t%d\t%.4f\t%.4f\t%.4f\t%d\t%s\t%s\t%d\n", one->how,
	       is_true_family(systems, one->truth, family), sum,
	       is_true_name(systems, one->truth, top->name), top->probability,
	       sum_of(&verdict, systems, one->truth, false),
	       sum_of(&verdict, systems, one->truth, true), verdict.contradiction,
	       truth_text(systems, one->truth, &text), top->name,
	       os_evidence_settled(evidence, &one->input));
	if (explains)
		explain(&verdict);
	buf_release(&text);
	arena_release(&arena);
}

/* ------------------------------------------------- cases of a file */

static size_t take_hex(const char *text, uint8_t *bytes, size_t room)
{
	size_t count = 0;
	unsigned value;

	while (count < room && sscanf(text + 2 * count, "%2x", &value) == 1)
		bytes[count++] = (uint8_t)value;
	return count;
}

/* port/service|product|version|extrainfo|ostype|devicetype|cpe_o */
static void take_hint(char *text, struct labelled *one)
{
	struct system_hint *hint = &one->hints[one->order.hints_count];
	const char **fields[] = {&hint->product, &hint->version,    &hint->extrainfo,
				 &hint->ostype,  &hint->devicetype, &hint->cpe_o};
	char *at = strchr(text, '/');
	size_t i;

	if (!at || one->order.hints_count == HINTS_MAX)
		end("a hint is port/service|product|...");
	hint->port = (uint16_t)strtoul(text, NULL, 10);
	hint->transport = TRANSPORT_TCP;
	hint->service = ++at;
	for (i = 0; i < sizeof(fields) / sizeof(*fields) && (at = strchr(at, '|')); i++) {
		*at++ = '\0';
		*fields[i] = at;
	}
	one->order.hints = one->hints;
	one->order.hints_count++;
}

static void take_print(const char *text, struct labelled *one)
{
	struct diag diag = {0};

	if (os_print_parse(text, strlen(text), &one->print, NULL, NULL, &diag) < 0)
		end(diag.text);
	one->input.print = &one->print;
}

static void take_answer(const char *key, const char *value, struct system_syn_ack *answer)
{
	answer->seen = true;
	if (strcmp(key, "ttl") == 0)
		answer->ttl = (uint8_t)strtoul(value, NULL, 10);
	else if (strcmp(key, "df") == 0)
		answer->dont_fragment = *value == 'Y';
	else if (strcmp(key, "id") == 0)
		answer->id = (uint16_t)strtoul(value, NULL, 10);
	else if (strcmp(key, "window") == 0)
		answer->window = (uint16_t)strtoul(value, NULL, 10);
	else if (strcmp(key, "options") == 0)
		answer->options_bytes =
			(uint8_t)take_hex(value, answer->options, sizeof(answer->options));
	else
		end(key);
}

static void take_field(const struct os_evidence *evidence, char *text, struct labelled *one)
{
	char *value = strchr(text, '=');

	if (!value)
		end("a field is NAME=VALUE");
	*value++ = '\0';
	if (strcmp(text, "truth") == 0)
		one->truth = os_systems_find(&evidence->systems, value);
	else if (strcmp(text, "how") == 0)
		one->how = value;
	else if (strcmp(text, "vendor") == 0)
		one->input.vendor = value;
	else if (strcmp(text, "name") == 0)
		one->order.name = value;
	else if (strcmp(text, "hint") == 0)
		take_hint(value, one);
	else if (strcmp(text, "print") == 0)
		take_print(value, one);
	else
		take_answer(text, value, &one->order.syn_ack);
}

static void judge_line(const struct os_evidence *evidence, char *line)
{
	struct labelled *one = calloc(1, sizeof(*one));
	char *field;

	if (!one)
		end("out of memory");
	one->how = "?";
	one->input.order = &one->order;
	while ((field = strsep(&line, "\t")))
		take_field(evidence, field, one);
	if (!one->truth)
		end("a case has no truth that is a key of systems.tsv");
	tell(evidence, one);
	free(one);
}

static void judge_file(const struct os_evidence *evidence, const char *path)
{
	struct buf text = BUF_INIT;
	struct diag diag = {0};
	char *at, *line;

	if (file_read(path, FILE_MAX, &text, &diag) < 0)
		end(diag.text);
	buf_add_char(&text, '\0');
	at = (char *)text.data;
	while ((line = strsep(&at, "\n")))
		if (*line && *line != '#')
			judge_line(evidence, line);
	buf_release(&text);
}

/* ------------------------------------------------- cases of reference prints */

static uint32_t chance(uint32_t most)
{
	static uint64_t state = 0x1234567;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % most;
}

/* A value that one alternative allows: literal, <hex, >hex, lo-hi. */
static void pick_value(const char *alternative, size_t bytes, char *value, size_t room)
{
	char text[128];
	char *dash;
	unsigned long low, high;

	snprintf(text, sizeof(text), "%.*s", (int)bytes, alternative);
	dash = strchr(text, '-');
	if (*text == '<' || *text == '>') {
		low = strtoul(text + 1, NULL, 16);
		snprintf(value, room, "%lX", *text == '<' ? low - (low > 0) : low + 1);
	} else if (dash && dash != text) {
		low = strtoul(text, NULL, 16);
		high = strtoul(dash + 1, NULL, 16);
		snprintf(value, room, "%lX", (low + high) / 2);
	} else {
		snprintf(value, room, "%.*s", (int)room - 1, text);
	}
}

static const char *alternative_of(const char *expression, size_t *ret_bytes)
{
	const char *at = expression;
	uint32_t count = 1, which, depth = 0;

	for (; *at; at++) {
		depth += *at == '[';
		depth -= *at == ']';
		count += *at == '|' && !depth;
	}
	for (which = chance(count), at = expression; which; at++) {
		depth += *at == '[';
		depth -= *at == ']';
		which -= *at == '|' && !depth;
	}
	*ret_bytes = strcspn(at, "|");
	return at;
}

static void take_expression(struct os_fingerprint *print, int attribute, const char *expression)
{
	char value[OS_VALUE_MAX + 1];
	size_t bytes;
	const char *alternative = alternative_of(expression, &bytes);

	/* Nested ones are rare, and a value by chance of theirs is no option list. */
	if (memchr(alternative, '[', bytes))
		return;
	pick_value(alternative, bytes, value, sizeof(value));
	os_fingerprint_set(print, attribute, value, strlen(value));
}

static bool is_kept(const char *manner, enum os_test test)
{
	if (strcmp(manner, "no-closed") == 0)
		return test < OS_TEST_T5 || test == OS_TEST_IE;
	if (strcmp(manner, "sequence") == 0)
		return test <= OS_TEST_WIN || test == OS_TEST_T1;
	if (strcmp(manner, "only-open") == 0)
		return test <= OS_TEST_T1;
	if (strcmp(manner, "only-icmp") == 0)
		return test >= OS_TEST_U1;
	return true;
}

static uint32_t asked_of(const char *manner)
{
	uint32_t asked = 0;
	int i;

	for (i = 0; i < OS_TESTS; i++)
		asked |= is_kept(manner, (enum os_test)i) ? 1u << i : 0;
	return asked;
}

static void judge_entry(const struct os_evidence *evidence, const struct os_db *db, size_t place,
			const char *manner)
{
	const struct os_entry entry = os_db_entry(db, place);
	struct labelled *one = calloc(1, sizeof(*one));
	size_t i;
	int k;

	if (!one)
		end("out of memory");
	one->how = manner;
	one->input.order = &one->order;
	one->input.print = &one->print;
	one->input.asked = asked_of(manner);
	for (i = 0; i < entry.classes_count; i++)
		one->truth |= UINT64_C(1)
			      << os_systems_of_class(&evidence->systems, &entry.classes[i]);
	for (k = 0; k < OS_ATTRIBUTES; k++)
		if (is_kept(manner, os_attribute_test((enum os_attribute)k)) &&
		    os_db_expression(db, place, k))
			take_expression(&one->print, k, os_db_expression(db, place, k));
	tell(evidence, one);
	free(one);
}

static void judge_entries(const struct os_evidence *evidence, const char *path, const char *manner)
{
	struct os_db *db = NULL;
	struct diag diag = {0};
	size_t i;

	if (os_db_load(path, NULL, NULL, &db, &diag) < 0)
		end(diag.text);
	for (i = 0; i < os_db_entries(db); i++)
		judge_entry(evidence, db, i, manner);
	os_db_free(db);
}

/* ------------------------------------------------- cases of measured prints */

/* "# NAME: value" of a sample; "" when it has none. */
static void take_header(const char *text, const char *name, char *value, size_t room)
{
	const char *at = strstr(text, name);

	snprintf(value, room, "%.*s", at ? (int)strcspn(at + strlen(name), "\n") : 0,
		 at ? at + strlen(name) : "");
}

static void judge_sample(const struct os_evidence *evidence, const struct text_file *file,
			 const char *manner)
{
	char *text = strndup(file->text, file->bytes), family[64], generation[64];
	const struct os_class found = {family, family, "", generation, NULL, 0};
	struct labelled *one = calloc(1, sizeof(*one));
	struct os_fingerprint whole = {.used_bytes = 0};
	struct diag diag = {0};
	int i;

	if (!text || !one)
		end("out of memory");
	take_header(text, "# Family: ", family, sizeof(family));
	take_header(text, "# Generation: ", generation, sizeof(generation));
	if (!strstr(text, "\nSEQ("))
		end(file->name);
	if (os_print_parse(strstr(text, "\nSEQ("), strlen(strstr(text, "\nSEQ(")), &whole, NULL,
			   NULL, &diag) < 0)
		end(diag.text);
	for (i = 0; i < OS_ATTRIBUTES; i++) {
		const char *value = os_fingerprint_get(&whole, i);

		if (value && is_kept(manner, os_attribute_test((enum os_attribute)i)))
			os_fingerprint_set(&one->print, i, value, strlen(value));
	}
	one->how = manner;
	one->truth = UINT64_C(1) << os_systems_of_class(&evidence->systems, &found);
	one->input.order = &one->order;
	one->input.print = &one->print;
	one->input.asked = asked_of(manner);
	tell(evidence, one);
	free(one);
	free(text);
}

static void judge_samples(const struct os_evidence *evidence, const char *folder,
			  const char *manner)
{
	struct text_files files = {0};
	struct diag diag = {0};
	size_t i;

	if (text_files_read(folder, ".txt", FILE_MAX, &files, &diag) < 0)
		end(diag.text);
	for (i = 0; i < files.count; i++)
		judge_sample(evidence, &files.all[i], manner);
	text_files_release(&files);
}

/* ------------------------------------------------- */

static int take_options(int count, char **words, struct options *options)
{
	int i = 1;

	options->manner = "whole";
	for (; i + 1 < count && strncmp(words[i], "--", 2) == 0; i += 2) {
		const char **to = strcmp(words[i], "--db") == 0        ? &options->db
				  : strcmp(words[i], "--fusion") == 0  ? &options->fusion
				  : strcmp(words[i], "--entries") == 0 ? &options->entries
				  : strcmp(words[i], "--explain") == 0 ? &options->explain
				  : strcmp(words[i], "--samples") == 0 ? &options->samples
				  : strcmp(words[i], "--as") == 0      ? &options->manner
								       : NULL;

		if (!to)
			end(words[i]);
		*to = words[i + 1];
	}
	return i;
}

int main(int count, char **words)
{
	struct os_evidence_texts texts = {.systems = {0}};
	struct options options = {0};
	struct os_evidence *evidence = NULL;
	struct buf fusion = BUF_INIT;
	struct os_db *db = NULL;
	struct diag diag = {0};
	int i = take_options(count, words, &options);

	if (options.db && os_db_load(options.db, NULL, NULL, &db, &diag) < 0)
		end(diag.text);
	if (options.fusion && file_read(options.fusion, FILE_MAX, &fusion, &diag) < 0)
		end(diag.text);
	explains = options.explain != NULL;
	texts.fusion = (struct text_file){options.fusion, fusion.data, fusion.len};
	if (os_evidence_parse(&texts, db, &evidence, &diag) < 0)
		end(diag.text);
	for (; i < count; i++)
		judge_file(evidence, words[i]);
	if (options.entries)
		judge_entries(evidence, options.entries, options.manner);
	if (options.samples)
		judge_samples(evidence, options.samples, options.manner);
	os_evidence_free(evidence);
	buf_release(&fusion);
	os_db_free(db);
	return 0;
}
