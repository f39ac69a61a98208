/* Which scripts run: the language of --script (nse-api.md 3) against a list of scripts. Knows
 * names, categories and where files lie; not what is in a script. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_SELECT_H
#define PORTOLAN_SCRIPT_SCRIPT_SELECT_H

#include "util/arena.h"
#include "util/diag.h"

#include <stdbool.h>
#include <stddef.h>

/* A script that can be chosen by category and name. */
struct script_entry {
	const char *path;
	const char *id;                /* base name without ".nse" */
	const char *const *categories; /* ends with NULL; lower case */
};

struct script_entries {
	const struct script_entry *all;
	size_t count;
};

/* What the user asked for. */
struct script_request {
	const char *const *values; /* of each --script, as typed */
	size_t value_count;
	bool standard; /* -sC, -A: "default" when there is no --script */
	bool version;  /* -sV: "version" as well, which may match nothing */
};

/* Where a name that is no entry is looked for: in these (paths without a `/` behind), then from
 * the current folder. */
struct script_folders {
	const char *const *all;
	size_t count;
};

struct script_choice {
	const struct script_entry *entry; /* NULL when chosen as a file or by its folder */
	const char *path;
	const char *id;
	const char *element; /* the first that matched: it decides */
	bool forced;         /* written with a `+`: rules are not asked */
	bool by_name;        /* verbosity and intensity are raised in the script's own view */
};

/* In order of the entries, then of the elements that name files. */
struct script_selection {
	struct arena arena; /* holds paths, ids and elements */
	struct script_choice *all;
	size_t count, room;
};

#define SCRIPT_SELECTION_INIT          \
	{                              \
		ARENA_INIT, NULL, 0, 0 \
	}

/* A file that was named counts in the place of a script of its id that is compiled in.
 * ERROR_NOT_FOUND when an element matches nothing, ERROR_EXISTS when two different files have
 * one id, both in the words of the reference; ERROR_MEMORY. Entries are kept (borrowed). */
int script_select(const struct script_request *request, const struct script_entries *entries,
		  const struct script_folders *folders, struct script_selection *ret_selection,
		  struct diag *diag);
void script_selection_release(struct script_selection *selection);

/* Whether one element (without `+`) matches an entry, and whether a name in it did. */
bool script_element_matches(const char *element, const struct script_entry *entry,
			    bool *ret_by_name);

#endif
