/* Where scripts and libraries come from: our own, compiled in, then the user's folders, each with
 * a scripts/ and a nselib/ (formats.md 3). A tree's scripts get the libraries of their own tree
 * first, then those of the others in order, so that scripts and libraries that were written for
 * each other stay together; two trees can each have a library of one name loaded. */
#ifndef PORTOLAN_SCRIPT_TREES_H
#define PORTOLAN_SCRIPT_TREES_H

#include "engine/plan.h"
#include "script/script.h"
#include "script/script_head.h"
#include "script/script_select.h"
#include "util/diag.h"

struct script_trees;

/* Reads the names and categories of all scripts. cache_folder: NULL none. Folders that do not
 * exist are errors named in diag (the user asked for them); ERROR_MEMORY and those of
 * script_index_read(). The plan is borrowed. */
int script_trees_open(const struct plan_scripts *wish, const char *cache_folder,
		      struct script_trees **ret_trees, struct diag *diag);
void script_trees_close(struct script_trees *trees); /* after the machine; NULL is fine */

/* What the plan's expressions choose: as of script_select(). */
int script_trees_choose(struct script_trees *trees, const struct plan_scripts *wish,
			struct script_selection *ret_selection, struct diag *diag);
/* The head of a script that was chosen, for --script-help. */
int script_trees_head(struct script_trees *trees, const struct script_choice *choice,
		      const struct script_head **ret_head, struct diag *diag);

/* Before script_machine_new(): where require() and the file functions look. */
void script_trees_configure(struct script_trees *trees, struct script_machine_config *config);

/* The scripts of a run, loaded and levelled. Free before the machine. */
struct script_set {
	struct script **all;
	struct script_choice *choices; /* of each; texts live as the selection does */
	size_t count;
};
/* What does not load is an error, named in diag with the reason (a traceback when debugging); a
 * script that stdnse.silent_require() skips is left out and told to `skipped` (may be NULL). */
int script_set_load(struct script_trees *trees, struct script_machine *machine,
		    const struct script_selection *selection, const struct script_quota *quota,
		    void (*skipped)(void *self, const char *path), void *self,
		    struct script_set *ret_set, struct diag *diag);
void script_set_release(struct script_machine *machine, struct script_set *set);

/* nmap.fetchfile(): a regular file of the user's folders ("nmap-services",
 * "nselib/data/x.lst"). NULL: none; valid until the next call. */
const char *script_trees_fetch(struct script_trees *trees, const char *relative);

#endif
