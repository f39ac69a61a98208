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
	/* Not NULL: the feature that brings it. Without a setter the parser
	 * refuses the option and says so; with one, the owner does. */
	const char *later;
	/* Not NULL: the row is one meaning of a short option that is chosen by
	 * its value ("S" for -sS). The parser passes it over; the setter of the
	 * letter looks it up with option_variant(). */
	const char *variant;
	uint16_t mark; /* the owner's: for shared setters */
	/* Not one of the options we are a drop-in for: abbreviations mean such an
	 * option only when they mean none of the others. */
	bool own;
};

struct option_table {
	const struct option_row *rows;
	size_t count;
	const struct option_table *next; /* further rows; NULL */
};

/* The next row of a table, its chain included: NULL begins, NULL ends. Skips nothing. */
struct option_walk {
	const struct option_table *table;
	size_t at;
};
const struct option_row *option_next(struct option_walk *walk);

/* The row of a long name (exact), a letter, or a letter's variant; NULL. */
const struct option_row *option_by_name(const struct option_table *table, const char *name);
const struct option_row *option_by_letter(const struct option_table *table, char letter);
const struct option_row *option_variant(const struct option_table *table, char letter,
					const char *variant);

/* How people write the option: "--open", "-p", "-sS", "-oN". Gives `text` back. */
#define OPTION_TITLE_BYTES 48
const char *option_title(const struct option_row *row, char text[OPTION_TITLE_BYTES]);

/* Parses argv[1..argc-1]. Options are set in the order they stand; operands
 * go to operand() as they are met. ERROR_USAGE: unknown, ambiguous or wrongly
 * formed option (exit status 255); other errors come from setters, and end the
 * parsing. ret_order, when not NULL, has room for argc pointers
 * and gets argv[0] and the arguments as getopt leaves them, options first,
 * for the command line echo (CL-02); it is whole only on success. */
int option_parse(const struct option_table *table, int argc, char *const *argv, void *settings,
		 int (*operand)(void *settings, const char *text, struct diag *diag),
		 const char **ret_order, struct diag *diag);

#endif
