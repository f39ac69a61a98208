/* The option table of portolan: every option of features.md, one row each.
 * Parsing, --help, the manual page and shell completion are printed from it. */
#ifndef PORTOLAN_API_OPTIONS_H
#define PORTOLAN_API_OPTIONS_H

#include "engine/plan.h"
#include "util/option.h"

const struct option_table *portolan_options(void);

/* Headings of the groups, for help and manual; NULL past the last. */
const char *portolan_option_group(unsigned group);

/* What a command line asks for when it is not a scan. */
enum request_kind {
	REQUEST_SCAN,
	REQUEST_HELP,    /* -h */
	REQUEST_USAGE,   /* no arguments: help, exit 255 */
	REQUEST_VERSION, /* -V */
	REQUEST_IFLIST,
	REQUEST_GREETING, /* --thc */
};

struct plan_request {
	int argc; /* as main() has them; argv[0] is the program */
	char *const *argv;
	const char *environment;      /* NMAP_ARGS / PORTOLAN_ARGS, or NULL (CL-10) */
	const char *datadir;          /* of the environment, or NULL; --datadir goes before it */
	const char *datadir_variable; /* the one that names it; not NULL if datadir is not */
	bool raw_possible;            /* CAP_NET_RAW is held */
	int64_t now_s;
	/* Gets warnings that nmap would print to stderr; may be NULL. */
	void (*warn)(void *self, const char *text);
	void *self;
};

/* A plan from a command line. 0 with *ret_kind; *ret_plan only for
 * REQUEST_SCAN. ERROR_USAGE means exit status 255, all others 1. */
int plan_from_argv(const struct plan_request *request, enum request_kind *ret_kind,
		   struct plan **ret_plan, struct diag *diag);

/* Plans as JSON (the library, the journal, fleets): everything round-trips. */
char *plan_to_json(const struct plan *plan); /* alloc_free(); NULL: memory */
int plan_from_json(const char *json, size_t bytes, struct plan **ret_plan, struct diag *diag);

/* --dry-run / --explain: the resolved plan for people. */
void plan_explain(const struct plan *plan, double targets, struct buf *out);

/* Printed from the table. */
void options_print_help(struct buf *out);
void options_print_man(struct buf *out);
void options_print_completion(const char *shell, struct buf *out); /* "bash", "zsh", "fish" */

#endif
