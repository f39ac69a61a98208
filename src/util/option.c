/* The rules are those of GNU getopt_long_only, because wrappers lean on them:
 *
 *   --name, --name=value   a long option, or an unambiguous beginning of one
 *   -name                  the same, when the argument has more than one
 *                          character or its first is no short option; if no
 *                          long option begins so, it is a cluster of short ones
 *   -, operand             kept for later
 *   --                     everything behind it is an operand
 *
 * An exact name beats any abbreviation. test_option.c holds this file against
 * the C library's own parser on random command lines. */
#include "util/option.h"

#include "util/error.h"
#include "util/option_nearest.h"

#include <stdio.h>
#include <string.h>

struct command {
	const struct option_table *table;
	int argc;
	char *const *argv;
	int at; /* the argument being read */
	void *settings;
	const char **order; /* NULL: not wanted */
	int order_options;  /* how many stand at its front */
	int order_operands; /* how many stand, backwards, at its end */
	struct diag *diag;
};

const struct option_row *option_next(struct option_walk *walk)
{
	while (walk->table && walk->at == walk->table->count)
		*walk = (struct option_walk){walk->table->next, 0};
	return walk->table ? &walk->table->rows[walk->at++] : NULL;
}

const struct option_row *option_by_name(const struct option_table *table, const char *name)
{
	struct option_walk walk = {table, 0};
	const struct option_row *row;

	while ((row = option_next(&walk)))
		if (row->name && !row->variant && !strcmp(row->name, name))
			return row;
	return NULL;
}

const struct option_row *option_by_letter(const struct option_table *table, char letter)
{
	struct option_walk walk = {table, 0};
	const struct option_row *row;

	while (letter && (row = option_next(&walk)))
		if (row->letter == letter && !row->variant)
			return row;
	return NULL;
}

const struct option_row *option_variant(const struct option_table *table, char letter,
					const char *variant)
{
	struct option_walk walk = {table, 0};
	const struct option_row *row;

	while ((row = option_next(&walk)))
		if (row->letter == letter && row->variant && !strcmp(row->variant, variant))
			return row;
	return NULL;
}

/* "oN", "iL", "sI": long names that everybody writes with one dash. */
static bool is_pair(const char *name)
{
	return name[0] >= 'a' && name[0] <= 'z' && name[1] >= 'A' && name[1] <= 'Z' && !name[2];
}

const char *option_title(const struct option_row *row, char text[OPTION_TITLE_BYTES])
{
	if (row->variant)
		snprintf(text, OPTION_TITLE_BYTES, "-%c%s", row->letter, row->variant);
	else if (row->name)
		snprintf(text, OPTION_TITLE_BYTES, "%s%s", is_pair(row->name) ? "-" : "--",
			 row->name);
	else
		snprintf(text, OPTION_TITLE_BYTES, "-%c", row->letter);
	return text;
}

static void note_option(struct command *command, const char *text)
{
	if (command->order)
		command->order[++command->order_options] = text;
}

static void note_operand(struct command *command, const char *text)
{
	if (command->order)
		command->order[command->argc - ++command->order_operands] = text;
}

/* Operands were noted from the end backwards, so that no memory is needed. */
static void finish_order(struct command *command)
{
	int left = command->argc - command->order_operands, right = command->argc - 1;

	if (!command->order)
		return;
	command->order[0] = command->argv[0];
	for (; left < right; left++, right--) {
		const char *swap = command->order[left];

		command->order[left] = command->order[right];
		command->order[right] = swap;
	}
}

/* The rows a long name may mean. */
struct candidates {
	const struct option_row *row; /* the one meant, if only one is */
	size_t count;
	char names[256]; /* all of them, for the sentence */
};

static void add_candidate(struct candidates *found, const struct option_row *row)
{
	size_t used = strlen(found->names);

	found->row = row;
	found->count++;
	snprintf(found->names + used, sizeof(found->names) - used, "%s--%s", used ? ", " : "",
		 row->name);
}

static void find_abbreviated(const struct option_table *table, const char *name, size_t bytes,
			     bool own, struct candidates *ret_found)
{
	struct option_walk walk = {table, 0};
	const struct option_row *row;

	while ((row = option_next(&walk)))
		if (row->name && !row->variant && row->own == own &&
		    !strncmp(row->name, name, bytes))
			add_candidate(ret_found, row);
}

static void find_long(const struct option_table *table, const char *name, size_t bytes,
		      struct candidates *ret_found)
{
	struct option_walk walk = {table, 0};
	const struct option_row *row;

	*ret_found = (struct candidates){0};
	while ((row = option_next(&walk)))
		if (row->name && !row->variant && strlen(row->name) == bytes &&
		    !memcmp(row->name, name, bytes)) {
			add_candidate(ret_found, row);
			return;
		}
	find_abbreviated(table, name, bytes, false, ret_found);
	if (!ret_found->count)
		find_abbreviated(table, name, bytes, true, ret_found);
}

static int set(struct command *command, const struct option_row *row, const char *value)
{
	char title[OPTION_TITLE_BYTES];

	if (row->set)
		return row->set(command->settings, row, value, command->diag);
	return diag_set(command->diag, ERROR_UNSUPPORTED, "%s needs %s, which is not there yet",
			option_title(row, title), row->later ? row->later : "code");
}

/* Takes the following argument as the value of a row that needs one. */
static const char *next_value(struct command *command)
{
	if (command->at + 1 >= command->argc)
		return NULL;
	note_option(command, command->argv[++command->at]);
	return command->argv[command->at];
}

static int unknown(struct command *command, const char *typed)
{
	char nearest[OPTION_TITLE_BYTES];

	if (option_nearest(command->table, typed, nearest))
		return diag_set(command->diag, ERROR_USAGE,
				"there is no option %.80s; did you mean %s?", typed, nearest);
	return diag_set(command->diag, ERROR_USAGE, "there is no option %.80s", typed);
}

/* A long option, dashes skipped. *ret_found false: no long option begins so. */
static int parse_long(struct command *command, const char *name, bool *ret_found)
{
	const char *typed = command->argv[command->at], *equals = strchr(name, '=');
	size_t bytes = equals ? (size_t)(equals - name) : strlen(name);
	const char *value = equals ? equals + 1 : NULL;
	struct candidates found;

	find_long(command->table, name, bytes, &found);
	*ret_found = found.count > 0;
	if (!found.count)
		return 0;
	if (found.count > 1)
		return diag_set(command->diag, ERROR_USAGE,
				"%.80s is short for several options: %s", typed, found.names);
	note_option(command, typed);
	if (value && found.row->value == OPTION_FLAG)
		return diag_set(command->diag, ERROR_USAGE,
				"--%s takes no value; leave out \"=%.80s\"", found.row->name,
				value);
	if (!value && found.row->value == OPTION_REQUIRED && !(value = next_value(command)))
		return diag_set(command->diag, ERROR_USAGE, "%.80s needs a value: --%s %s", typed,
				found.row->name,
				found.row->value_name ? found.row->value_name : "<value>");
	return set(command, found.row, value);
}

static int parse_cluster(struct command *command)
{
	const char *typed = command->argv[command->at], *at;
	int r = 0;

	note_option(command, typed);
	for (at = typed + 1; *at && r >= 0; at++) {
		const struct option_row *row = option_by_letter(command->table, *at);
		const char *value = NULL;

		if (!row && at == typed + 1)
			return unknown(command, typed);
		if (!row)
			return diag_set(command->diag, ERROR_USAGE,
					"there is no option -%c (in %.80s)", *at, typed);
		if (row->value == OPTION_FLAG) {
			r = set(command, row, NULL);
			continue;
		}
		if (at[1])
			value = at + 1;
		else if (row->value == OPTION_REQUIRED && !(value = next_value(command)))
			return diag_set(command->diag, ERROR_USAGE, "-%c needs a value: -%c %s",
					row->letter, row->letter,
					row->value_name ? row->value_name : "<value>");
		return set(command, row, value);
	}
	return r;
}

static int parse_option(struct command *command)
{
	const char *typed = command->argv[command->at];
	bool found = false;
	int r;

	if (typed[1] == '-') {
		r = parse_long(command, typed + 2, &found);
		return r < 0 || found ? r : unknown(command, typed);
	}
	if (typed[2] || !option_by_letter(command->table, typed[1])) {
		r = parse_long(command, typed + 1, &found);
		if (r < 0 || found)
			return r;
	}
	return parse_cluster(command);
}

int option_parse(const struct option_table *table, int argc, char *const *argv, void *settings,
		 int (*operand)(void *settings, const char *text, struct diag *diag),
		 const char **ret_order, struct diag *diag)
{
	struct command command = {table, argc, argv, 1, settings, ret_order, 0, 0, diag};
	bool options = true;
	int r = 0;

	for (; command.at < argc && r >= 0; command.at++) {
		const char *text = argv[command.at];

		if (options && !strcmp(text, "--")) {
			note_option(&command, text);
			options = false;
		} else if (!options || text[0] != '-' || !text[1]) {
			note_operand(&command, text);
			r = operand(settings, text, diag);
		} else {
			r = parse_option(&command);
		}
	}
	if (r < 0)
		return r;
	finish_order(&command);
	return 0;
}
