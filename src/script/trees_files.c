/* Files of trees. What scripts may read of a user's folder is its nselib/ and the nmap-* files next
 * to it; what counts is where a path ends up, behind links and `..`. */
#include "script/script_builtin.h"
#include "script/script_name.h"
#include "script/trees_impl.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LIBRARY_BYTES_MAX (4u << 20)

/* ---- opening ---- */

/* NULL when it is no folder, or memory is short (errno). */
static char *real_folder(const char *path)
{
	char *real = realpath(path, NULL), *copy;
	struct stat about;

	if (!real)
		return NULL;
	copy = stat(real, &about) == 0 && S_ISDIR(about.st_mode) ? alloc_strdup(real) : NULL;
	free(real);
	return copy;
}

static bool is_folder(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static char *without_slashes(const char *path)
{
	size_t bytes = strlen(path);

	while (bytes > 1 && path[bytes - 1] == '/')
		bytes--;
	return alloc_strndup(path, bytes);
}

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
}

static int find_parts(struct script_tree *tree, const char *library, struct diag *diag)
{
	bool has_library = is_folder(library);

	if (!has_library && !is_folder(tree->scripts))
		return diag_set(diag, ERROR_NOT_FOUND,
				"'%.400s' has neither scripts/ nor nselib/ in it", tree->folder);
	tree->root = real_folder(tree->folder);
	tree->library = has_library ? real_folder(library) : NULL;
	return tree->root && (tree->library || !has_library) ? 0 : out_of_memory(diag);
}

int script_tree_open(struct script_tree *tree, const char *folder, struct diag *diag)
{
	char *library = NULL;
	int r;

	if (!is_folder(folder))
		return diag_set(diag, ERROR_NOT_FOUND, "'%.400s' is no folder", folder);
	tree->folder = without_slashes(folder);
	if (tree->folder) {
		tree->scripts = alloc_printf("%s/scripts", tree->folder);
		library = alloc_printf("%s/nselib", tree->folder);
	}
	r = tree->scripts && library ? find_parts(tree, library, diag) : out_of_memory(diag);
	alloc_free(library);
	return r;
}

void script_tree_close(struct script_tree *tree)
{
	alloc_free(tree->folder);
	alloc_free(tree->scripts);
	alloc_free(tree->root);
	alloc_free(tree->library);
}

/* From 7.94 on, the library `datafiles` asks the module `nmapdb`, which there was not before. */
bool script_tree_is_old(const struct script_tree *tree)
{
	static const char mark[] = "nmapdb";
	char *path = tree->library ? alloc_printf("%s/datafiles.lua", tree->library) : NULL;
	struct buf text = BUF_INIT;
	bool old = true;

	if (path && file_read(path, LIBRARY_BYTES_MAX, &text, NULL) == 0 && text.len)
		old = !memmem(text.data, text.len, mark, sizeof(mark) - 1);
	buf_release(&text);
	alloc_free(path);
	return old;
}

/* ---- the gate ---- */

static bool is_below(const char *path, const char *folder)
{
	size_t bytes = strlen(folder);

	return !strncmp(path, folder, bytes) && path[bytes] == '/';
}

static bool is_data_file(const char *path, const char *root)
{
	static const char start[] = "/nmap-";

	return is_below(path, root) && !strchr(path + strlen(root) + 1, '/') &&
	       !strncmp(path + strlen(root), start, sizeof(start) - 1);
}

/* To a buffer of PATH_MAX; false when there is no such regular file. */
static bool real_file(const char *path, char *real)
{
	struct stat about;

	return realpath(path, real) && stat(real, &about) == 0 && S_ISREG(about.st_mode);
}

static bool tree_has(const struct script_tree *tree, const char *path)
{
	char real[PATH_MAX];

	return real_file(path, real) &&
	       ((tree->library && is_below(real, tree->library)) || is_data_file(real, tree->root));
}

bool script_trees_may_read(void *self, const char *path)
{
	const struct script_trees *trees = self;
	size_t i;

	for (i = 0; i < trees->count; i++)
		if (tree_has(&trees->all[i], path))
			return true;
	return false;
}

/* Sets trees->path to the tree's file; false when there is none that may be read. */
static bool has_file(struct script_trees *trees, const struct script_tree *tree,
		     const char *relative)
{
	int bytes = snprintf(trees->path, sizeof(trees->path), "%s/%s", tree->folder, relative);

	return bytes >= 0 && (size_t)bytes < sizeof(trees->path) && tree_has(tree, trees->path);
}

const char *script_trees_fetch(struct script_trees *trees, const char *relative)
{
	size_t i;

	for (i = 0; i < trees->count; i++)
		if (has_file(trees, &trees->all[i], relative))
			return trees->path;
	return NULL;
}

/* ---- modules ---- */

static bool find_builtin(struct script_trees *trees, const char *relative,
			 struct script_module *ret_module)
{
	const char *folder;
	const struct text_file *file = script_builtin_module(relative, &folder);

	if (!file)
		return false;
	(void)snprintf(trees->path, sizeof(trees->path), "%s/%s", folder, relative);
	*ret_module = (struct script_module){{trees->path, file->text, file->bytes}, 0};
	return true;
}

static bool find_in(struct script_trees *trees, unsigned tree, const char *relative,
		    struct script_module *ret_module)
{
	char path[PATH_MAX];
	int bytes;

	if (!tree)
		return find_builtin(trees, relative, ret_module);
	bytes = snprintf(path, sizeof(path), "nselib/%s", relative);
	if (bytes < 0 || (size_t)bytes >= sizeof(path) ||
	    !has_file(trees, &trees->all[tree - 1], path))
		return false;
	*ret_module = (struct script_module){{.name = trees->path}, tree};
	return true;
}

bool script_trees_find(void *self, unsigned tree, const char *relative,
		       struct script_module *ret_module)
{
	struct script_trees *trees = self;
	unsigned other;

	if (find_in(trees, tree, relative, ret_module))
		return true;
	for (other = 0; other <= trees->count; other++)
		if (other != tree && find_in(trees, other, relative, ret_module))
			return true;
	return false;
}

/* ---- scripts ---- */

static bool is_script_of(const struct script_tree *tree, const char *path, const char *real)
{
	return is_below(path, tree->scripts) || is_below(real, tree->root);
}

unsigned script_trees_of(const struct script_trees *trees, const char *path)
{
	char real[PATH_MAX];
	size_t i;

	if (script_is_builtin(path) || !real_file(path, real))
		return 0;
	for (i = 0; i < trees->count; i++)
		if (is_script_of(&trees->all[i], path, real))
			return (unsigned)i + 1;
	return 0;
}
