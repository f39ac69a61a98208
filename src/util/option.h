/* Command lines by table: one row per option, next to the code that uses it.
 * GNU getopt_long_only manners (features.md CL-01): long options with one or
 * two dashes, unambiguous prefixes, options and operands mixed, `--` ends
 * options, short options clustered with attached values. */
#ifndef PORTOLAN_UTIL_OPTION_H
#define PORTOLAN_UTIL_OPTION_H

#include "util/diag.h"

#include <stdbool.h>

#include <stddef.h>
#include <stdint.h>

enum option_value {
	OPTION_FLAG,     /* takes no value */
	OPTION_REQUIRED, /* --opt=value, --opt value, -ovalue, -o value */
	OPTION_OPTIONAL, /* --opt=value, -ovalue only */
};

struct option_row {
	const char *name;       /* long name without dashes; NULL: only short */
	char letter;            /* short name; 0: only long */
	uint8_t value;          /* enum option_value */
	uint8_t group;          /* heading in --help; the owner's enum */
	bool hidden;            /* accepted, not shown (old spellings) */
	const char *value_name; /* "<ports>" in help; NULL none */
	const char *help;       /* one line */
	/* Takes the value (NULL when none) into the owner's settings. 0 or
	 * ERROR_*, with words in diag. */
	int (*set)(void *settings, const struct option_row *row, const char *value,
		   struct diag *diag);
	size_t offset;            /* for shared setters: where in the settings */
	int64_t minimum, maximum; /* for shared number setters */
	const char *
		later; /* not NULL: the feature that brings it; using it is an error that says so */
};

struct option_table {
	const struct option_row *rows;
	size_t count;
};

/* Parses argv[1..argc-1]. Options are set in the order they stand; operands
 * go to operand(). ERROR_USAGE: unknown, ambiguous or wrongly formed option
 * (exit status 255); other errors come from setters. ret_order, when not
 * NULL, has room for argc pointers and gets the arguments as getopt leaves
 * them, options first, for the command line echo (CL-02). */
int option_parse(const struct option_table *table, int argc, char *const *argv, void *settings,
		 int (*operand)(void *settings, const char *text, struct diag *diag),
		 const char **ret_order, struct diag *diag);

#endif
