/* What a stack shows of itself when it answers a SYN: data/os/syn-ack.tsv, for the port scan's
 * SYN/ACK, for the first sequence probe and the ECN probe.
 *
 * Each system's rows make a mixture: the share of its hosts that answer so, times how likely
 * each trait is then; what no row says of a system is as likely as with anybody. */
#include "detect/os/os_evidence_private.h"
#include "detect/os/os_tests.h"
#include "util/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 16
#define SAYS_BYTES  160

enum column { SYSTEMS, SHARE, OFFER, TTL, DF, ID, WINDOW, OPTIONS, STAMPS, SOURCE, COLUMNS };

/* ------------------------------------------------- the table */

static int offer_of(const char *word)
{
	static const char *const words[OS_OFFERS] = {"mss", "all", "ecn", "icmp"};
	int i;

	for (i = 0; i < OS_OFFERS; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return -1;
}

/* "*" alone, or values without. */
static bool has_values(const char *const *fields)
{
	int i;

	for (i = TTL; i <= STAMPS; i++)
		if (strchr(fields[i], '*') && strcmp(fields[i], "*") != 0)
			return false;
	return true;
}

static int take_row(const struct os_systems *systems, const struct os_table *table,
		    struct os_stack_row *row, struct diag *diag)
{
	int offer;

	if (table->count != COLUMNS)
		return os_table_wrong(table, "a stack has ten fields", diag);
	row->systems = os_systems_find(systems, table->fields[SYSTEMS]);
	if (!row->systems)
		return os_table_wrong(table, "no system has such a key", diag);
	if (!os_number_parse(table->fields[SHARE], &row->share) || row->share <= 0 ||
	    row->share > 100)
		return os_table_wrong(table, "the share is a number above 0, at most 100", diag);
	offer = offer_of(table->fields[OFFER]);
	if (offer < 0)
		return os_table_wrong(table, "the offer is mss, all, ecn or icmp", diag);
	if (!has_values(table->fields))
		return os_table_wrong(table, "* stands alone", diag);
	row->share /= 100;
	row->offer = (enum os_offer)offer;
	row->ttl = table->fields[TTL];
	row->df = table->fields[DF];
	row->id = table->fields[ID];
	row->window = table->fields[WINDOW];
	row->options = table->fields[OPTIONS];
	row->stamps = table->fields[STAMPS];
	return 0;
}

/* The shares of a system's rows for one offer are not more than all. */
static bool shares_fit(const struct os_evidence *evidence)
{
	double sums[OS_SYSTEMS_MAX][OS_OFFERS] = {{0}};
	size_t i, k;

	for (i = 0; i < evidence->stacks_count; i++)
		for (k = 0; k < evidence->systems.count; k++)
			if (evidence->stacks[i].systems & evidence->systems.all[k].mask &&
			    (sums[k][evidence->stacks[i].offer] += evidence->stacks[i].share) >
				    1.000001)
				return false;
	return true;
}

int os_stacks_parse(struct os_table *table, struct os_evidence *evidence, struct diag *diag)
{
	size_t room = os_table_lines(table);
	int r = 0;

	evidence->stacks = arena_alloc(&evidence->arena, room * sizeof(*evidence->stacks));
	if (!evidence->stacks)
		return ERROR_MEMORY;
	while (r == 0 && os_table_next(table))
		r = take_row(&evidence->systems, table, &evidence->stacks[evidence->stacks_count++],
			     diag);
	if (r == 0 && !shares_fit(evidence))
		r = os_table_wrong(table, "a system's shares are more than 100", diag);
	return r;
}

/* ------------------------------------------------- what was seen */

struct seen {
	enum os_offer offer;
	/* Texts as the table has them; "": not known. */
	char ttl[VALUE_BYTES], df[VALUE_BYTES], id[VALUE_BYTES], stamps[VALUE_BYTES];
	char options[OS_OPTIONS_TEXT_BYTES];
	bool has_window;
	unsigned window, mss; /* mss 0: none */
};

/* One letter each; Z is a scale of 0 (text_matches() does not know case). */
static char letter_of(const char *at)
{
	return *at == 'W' && at[1] == '0' ? 'Z' : *at;
}

/* Letters only, without L at the end. */
static void take_options(struct seen *seen, const char *text)
{
	const char *mss = strchr(text, 'M');
	size_t used = 0;

	if (mss)
		seen->mss = (unsigned)strtoul(mss + 1, NULL, 16);
	for (; *text && used + 1 < sizeof(seen->options); text++)
		if (strchr("LNMWST", *text))
			seen->options[used++] = letter_of(text);
	while (used && seen->options[used - 1] == 'L')
		used--;
	seen->options[used] = '\0';
}

static bool is_among(const char *values, const char *value)
{
	return os_words_match(values, '|', value);
}

static bool window_fits(const char *values, const struct seen *seen)
{
	char plain[VALUE_BYTES], segments[VALUE_BYTES] = "";

	snprintf(plain, sizeof(plain), "%u", seen->window);
	if (seen->mss && seen->window % seen->mss == 0)
		snprintf(segments, sizeof(segments), "mssx%u", seen->window / seen->mss);
	return is_among(values, plain) || (*segments && is_among(values, segments));
}

/* ------------------------------------------------- likelihoods */

/* Of a trait that is known on both sides; with the right row a wrong value is one of the
 * common ones. */
static double likelihood(bool fits, struct os_trust trust)
{
	return fits ? trust.right : (1 - trust.right) * trust.common;
}

static double text_likelihood(const char *values, const char *value, struct os_trust trust)
{
	if (!*value)
		return 1;
	if (strcmp(values, "*") == 0)
		return trust.common;
	return likelihood(is_among(values, value), trust);
}

/* Options may be none at all, which is known, too. */
static double options_likelihood(const struct os_fusion *fusion, const struct os_stack_row *row,
				 const struct seen *seen)
{
	struct os_trust trust = seen->offer == OS_OFFER_ICMP ? fusion->code : fusion->options;

	if (seen->offer == OS_OFFER_MSS)
		trust.common = fusion->mss_options_common;
	if (strcmp(row->options, "*") == 0)
		return trust.common;
	return likelihood(is_among(row->options, seen->options), trust);
}

static double window_likelihood(const struct os_fusion *fusion, const struct os_stack_row *row,
				const struct seen *seen)
{
	if (!seen->has_window)
		return 1;
	if (strcmp(row->window, "*") == 0)
		return fusion->window.common;
	return likelihood(window_fits(row->window, seen), fusion->window);
}

static double row_likelihood(const struct os_fusion *fusion, const struct os_stack_row *row,
			     const struct seen *seen)
{
	return text_likelihood(row->ttl, seen->ttl, fusion->ttl) *
	       text_likelihood(row->df, seen->df, fusion->df) *
	       text_likelihood(row->id, seen->id, fusion->id) *
	       text_likelihood(row->stamps, seen->stamps, fusion->stamps) *
	       window_likelihood(fusion, row, seen) * options_likelihood(fusion, row, seen);
}

static void judge_stacks(const struct os_evidence *evidence, const struct seen *seen, double *bits)
{
	static const struct os_stack_row anything = {
		.ttl = "*", .df = "*", .id = "*", .window = "*", .options = "*", .stamps = "*"};
	const double common = row_likelihood(&evidence->fusion, &anything, seen);
	size_t i, k;

	for (k = 0; k < evidence->systems.count; k++) {
		double sum = 0, left = 1;

		for (i = 0; i < evidence->stacks_count; i++) {
			const struct os_stack_row *row = &evidence->stacks[i];

			if (row->offer != seen->offer ||
			    !(row->systems & evidence->systems.all[k].mask))
				continue;
			left -= row->share;
			sum += row->share * row_likelihood(&evidence->fusion, row, seen);
		}
		bits[k] = log2(sum + fmax(left, 0.01) * common);
	}
}

/* ------------------------------------------------- words */

static void say_seen(const struct seen *seen, char says[SAYS_BYTES])
{
	int used = snprintf(says, SAYS_BYTES, "initial TTL %s, DF %s", *seen->ttl ? seen->ttl : "?",
			    strcmp(seen->df, "Y") == 0   ? "set"
			    : strcmp(seen->df, "N") == 0 ? "clear"
							 : "?");

	if (seen->has_window)
		used += snprintf(says + used, SAYS_BYTES - (size_t)used, ", window %u",
				 seen->window);
	snprintf(says + used, SAYS_BYTES - (size_t)used, ", options %s",
		 *seen->options ? seen->options : "none");
}

static void say_echo(const struct seen *seen, char says[SAYS_BYTES])
{
	snprintf(says, SAYS_BYTES, "initial TTL %s, DF %s, code %s", *seen->ttl ? seen->ttl : "?",
		 strcmp(seen->df, "S") == 0   ? "as sent"
		 : strcmp(seen->df, "Y") == 0 ? "always"
		 : strcmp(seen->df, "N") == 0 ? "never"
					      : "odd",
		 strcmp(seen->options, "S") == 0   ? "as sent"
		 : strcmp(seen->options, "Z") == 0 ? "0"
						   : "odd");
}

static int add_clue(struct os_trial *trial, const char *source, const struct seen *seen)
{
	char says[SAYS_BYTES];
	struct os_clue *clue;
	int r;

	if (seen->offer == OS_OFFER_ICMP)
		say_echo(seen, says);
	else
		say_seen(seen, says);
	clue = os_trial_add(trial, OS_GROUP_STACK, source, says, &r);
	if (clue)
		judge_stacks(trial->evidence, seen, clue->bits);
	return r;
}

/* ------------------------------------------------- the sources */

static bool is_ipv6(const struct system_order *order)
{
	return order->target && order->target->addr.family == IP_V6;
}

static void set(char value[VALUE_BYTES], const char *word)
{
	snprintf(value, VALUE_BYTES, "%s", word ? word : "");
}

int os_source_syn_ack(struct os_trial *trial)
{
	const struct system_order *order = trial->input->order;
	const struct system_syn_ack *answer = &order->syn_ack;
	struct seen seen = {.offer = OS_OFFER_MSS};
	char options[OS_OPTIONS_TEXT_BYTES];

	if (!answer->seen || answer->options_bytes > sizeof(answer->options))
		return 0;
	snprintf(seen.ttl, sizeof(seen.ttl), "%u", os_initial_ttl(answer->ttl));
	if (!is_ipv6(order)) {
		set(seen.df, answer->dont_fragment ? "Y" : "N");
		set(seen.id, answer->id ? "N" : "Z");
	}
	seen.has_window = true;
	seen.window = answer->window;
	os_options_text(answer->options, answer->options_bytes, options);
	take_options(&seen, options);
	return add_clue(trial, "syn-ack", &seen);
}

/* T is exact where the print has it, TG guessed; both in hex. */
static void set_ttl(struct seen *seen, const struct os_fingerprint *print, int exact)
{
	const char *text = os_fingerprint_get(print, exact);

	if (!text)
		text = os_fingerprint_get(print, exact + 1);
	if (text && *text)
		snprintf(seen->ttl, sizeof(seen->ttl), "%u",
			 os_initial_ttl((uint8_t)strtoul(text, NULL, 16)));
}

static void set_window(struct seen *seen, const char *text)
{
	seen->has_window = text && *text;
	if (seen->has_window)
		seen->window = (unsigned)strtoul(text, NULL, 16) & UINT16_MAX;
}

static bool is_yes(const struct os_fingerprint *print, int attribute)
{
	const char *value = os_fingerprint_get(print, attribute);

	return value && strcmp(value, "Y") == 0;
}

/* The answer to the first sequence probe; only a SYN/ACK says something of a stack's offers. */
static int hear_first(struct os_trial *trial, const struct os_fingerprint *print)
{
	const char *options = os_fingerprint_get(print, OS_OPS_O1);
	const char *flags = os_fingerprint_get(print, OS_T1_F);
	struct seen seen = {.offer = OS_OFFER_ALL};

	if (!is_yes(print, OS_T1_R) || !options || !flags || strcmp(flags, "AS") != 0)
		return 0;
	set_ttl(&seen, print, OS_T1_T);
	set(seen.df, os_fingerprint_get(print, OS_T1_DF));
	set(seen.id, os_fingerprint_get(print, OS_SEQ_TI));
	set(seen.stamps, os_fingerprint_get(print, OS_SEQ_TS));
	set_window(&seen, os_fingerprint_get(print, OS_WIN_W1));
	take_options(&seen, options);
	return add_clue(trial, "first sequence probe", &seen);
}

static int hear_ecn(struct os_trial *trial, const struct os_fingerprint *print)
{
	const char *options = os_fingerprint_get(print, OS_ECN_O);
	struct seen seen = {.offer = OS_OFFER_ECN};

	if (!is_yes(print, OS_ECN_R) || !options)
		return 0;
	set_ttl(&seen, print, OS_ECN_T);
	set(seen.df, os_fingerprint_get(print, OS_ECN_DF));
	set_window(&seen, os_fingerprint_get(print, OS_ECN_W));
	take_options(&seen, options);
	return add_clue(trial, "ECN probe", &seen);
}

static int hear_echo(struct os_trial *trial, const struct os_fingerprint *print)
{
	const char *code = os_fingerprint_get(print, OS_IE_CD);
	struct seen seen = {.offer = OS_OFFER_ICMP};

	if (!is_yes(print, OS_IE_R) || !code)
		return 0;
	set_ttl(&seen, print, OS_IE_T);
	set(seen.df, os_fingerprint_get(print, OS_IE_DFI));
	snprintf(seen.options, sizeof(seen.options), "%s", code);
	return add_clue(trial, "echo replies", &seen);
}

int os_source_print_traits(struct os_trial *trial)
{
	const struct os_fingerprint *print = trial->input->print;
	int r;

	if (!print)
		return 0;
	if ((r = hear_first(trial, print)) < 0 || (r = hear_ecn(trial, print)) < 0)
		return r;
	return hear_echo(trial, print);
}

/* A neighbour's packets have passed no router. */
int os_source_distance(struct os_trial *trial)
{
	const struct os_evidence_input *input = trial->input;
	uint8_t ttl = input->order->syn_ack.ttl, initial = os_initial_ttl(ttl);
	char says[SAYS_BYTES];
	int r;

	if (!input->order->syn_ack.seen || !input->has_distance || input->distance > 1 ||
	    ttl == initial)
		return 0;
	snprintf(says, sizeof(says),
		 "TTL %u of %u from a direct neighbour: it forwards for another", ttl, initial);
	os_trial_add(trial, OS_GROUP_STACK, "distance", says, &r);
	return r;
}
