/* Where scripts and libraries come from: our own, compiled in (script_builtin.h), then the user's
 * folders, each with a scripts/ and a nselib/ (formats.md 3). A tree's scripts and libraries get
 * the libraries of their own tree first, then those of the others in order, so that what was
 * written for each other stays together: of one name each tree has its own instance, if it has that
 * file. A script that lies in no tree counts as one of ours. Modules of C, the globals and
 * nmap.registry are the same for all. */
#ifndef PORTOLAN_SCRIPT_TREES_H
#define PORTOLAN_SCRIPT_TREES_H

#include "engine/plan.h"
#include "script/script.h"
#include "script/script_head.h"
#include "script/script_select.h"
#include "util/diag.h"

struct script_trees;

/* Looks at the folders; what is in them is read when something is chosen. cache_folder: NULL none.
 * A folder that does not exist, or has neither scripts/ nor nselib/, is an error (the user asked
 * for it): ERROR_NOT_FOUND, named in diag; ERROR_MEMORY. */
int script_trees_open(const struct plan_scripts *wish, const char *cache_folder,
		      struct script_trees **ret_trees, struct diag *diag);
void script_trees_close(struct script_trees *trees); /* after the machine; NULL is fine */

/* Optional: texts of errors with tracebacks; who hears warnings (NULL: nobody). */
void script_trees_speak(struct script_trees *trees, bool debugging,
			void (*warn)(void *self, const char *text), void *self);

/* What the plan's expressions choose: as of script_select() and script_index_read(). Of two scripts
 * with one id the first tree's counts; one of ours gives way to a file that the user names. */
int script_trees_choose(struct script_trees *trees, const struct plan_scripts *wish,
			struct script_selection *ret_selection, struct diag *diag);
/* The head of a script that was chosen, for --script-help. */
int script_trees_head(struct script_trees *trees, const struct script_choice *choice,
		      const struct script_head **ret_head, struct diag *diag);

/* Before script_machine_new(): where require() and the file functions look, and whether
 * string.unpack has to be as in Lua 5.3. The trees must outlive the machine. */
void script_trees_configure(struct script_trees *trees, struct script_machine_config *config);

/* After script_machine_new() (which opens the libraries of C) and script_scheduler_new() (which
 * adds the engine's functions to each stdnse), before script_set_load(): makes the globals strict.
 * ERROR_MEMORY, ERROR_CORRUPT. */
int script_trees_prepare(struct script_machine *machine);

/* The scripts of a run, loaded and levelled. Release before the machine is freed. */
struct script_set {
	struct script **all;
	struct script_choice *choices; /* of each; texts live as the selection does */
	size_t count;
};
/* What does not load is an error, named in diag with the reason (a traceback when debugging); so is
 * a circle of dependencies (ERROR_CONFLICT). A script that stdnse.silent_require() skips is left
 * out and told to `skipped` (may be NULL). */
int script_set_load(struct script_trees *trees, struct script_machine *machine,
		    const struct script_selection *selection, const struct script_quota *quota,
		    void (*skipped)(void *self, const char *path), void *self,
		    struct script_set *ret_set, struct diag *diag);
void script_set_release(struct script_machine *machine, struct script_set *set);

/* nmap.fetchfile(): a regular file of the user's folders ("nmap-services",
 * "nselib/data/x.lst"). NULL: none; valid until the next call. */
const char *script_trees_fetch(struct script_trees *trees, const char *relative);

#endif
