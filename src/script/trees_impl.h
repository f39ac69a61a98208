/* What trees*.c share. */
#ifndef PORTOLAN_SCRIPT_TREES_IMPL_H
#define PORTOLAN_SCRIPT_TREES_IMPL_H

#include "script/trees.h"

#include <limits.h>

/* A folder of the user's. Its number in the machine is one more than its index: 0 is ours. */
struct script_tree {
	char *folder;         /* as it was given, without `/` behind */
	char *scripts;        /* scripts/ in it, there or not */
	char *root, *library; /* real paths of it and of its nselib/; library NULL: none */
};

struct script_trees {
	struct script_tree *all;
	size_t count;
	struct script_folders folders; /* all scripts/ of them */
	char *cache_folder;
	struct script_index *index; /* NULL: nothing was chosen yet */
	bool debugging;
	void (*warn)(void *self, const char *text);
	void *warn_self;
	char path[PATH_MAX]; /* the last answer */
};

/* Fills in real paths. ERROR_NOT_FOUND, ERROR_MEMORY, named in diag. */
int script_tree_open(struct script_tree *tree, const char *folder, struct diag *diag);
void script_tree_close(struct script_tree *tree);

/* Whether the tree may be of a version of Nmap before 7.94, whose libraries are for Lua 5.3. */
bool script_tree_is_old(const struct script_tree *tree);

/* Of struct script_machine_config; self is the trees. */
bool script_trees_find(void *self, unsigned tree, const char *relative,
		       struct script_module *ret_module);
bool script_trees_may_read(void *self, const char *path);

/* The number of the tree that a script of this path is of. */
unsigned script_trees_of(const struct script_trees *trees, const char *path);

#endif
