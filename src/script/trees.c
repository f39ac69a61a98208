#include "script/script_builtin.h"
#include "script/script_index.h"
#include "script/trees_impl.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
}

/* ---- opening ---- */

static int open_folders(struct script_trees *trees, const struct plan_scripts *wish,
			struct diag *diag)
{
	const char **scripts = alloc_array(wish->folders_count + 1, sizeof(*scripts));
	size_t i;
	int r;

	trees->folders.all = scripts;
	trees->all = alloc_array(wish->folders_count + 1, sizeof(*trees->all));
	if (!scripts || !trees->all)
		return out_of_memory(diag);
	for (i = 0; i < wish->folders_count; i++) {
		trees->count++;
		if ((r = script_tree_open(&trees->all[i], wish->folders[i], diag)) < 0)
			return r;
		scripts[trees->folders.count++] = trees->all[i].scripts;
	}
	return 0;
}

int script_trees_open(const struct plan_scripts *wish, const char *cache_folder,
		      struct script_trees **ret_trees, struct diag *diag)
{
	struct script_trees *trees = alloc_zero(sizeof(*trees));
	int r;

	if (!trees)
		return out_of_memory(diag);
	r = open_folders(trees, wish, diag);
	if (r == 0 && cache_folder && !(trees->cache_folder = alloc_strdup(cache_folder)))
		r = out_of_memory(diag);
	if (r < 0)
		script_trees_close(trees);
	else
		*ret_trees = trees;
	return r;
}

void script_trees_close(struct script_trees *trees)
{
	if (!trees)
		return;
	script_index_free(trees->index);
	while (trees->count)
		script_tree_close(&trees->all[--trees->count]);
	alloc_free(trees->all);
	alloc_free((void *)trees->folders.all);
	alloc_free(trees->cache_folder);
	alloc_free(trees);
}

void script_trees_speak(struct script_trees *trees, bool debugging,
			void (*warn)(void *self, const char *text), void *self)
{
	trees->debugging = debugging;
	trees->warn = warn;
	trees->warn_self = self;
}

/* ---- choosing ---- */

static int need_index(struct script_trees *trees, struct diag *diag)
{
	const struct script_known ours = {SCRIPT_BUILTIN_SCRIPTS,
					  (const char *)builtin_script_heads,
					  builtin_script_heads_bytes};

	if (trees->index)
		return 0;
	return script_index_read(&ours, &trees->folders, trees->cache_folder, &trees->index, diag);
}

int script_trees_choose(struct script_trees *trees, const struct plan_scripts *wish,
			struct script_selection *ret_selection, struct diag *diag)
{
	const struct script_request request = {wish->expressions, wish->expressions_count,
					       wish->standard, wish->version};
	int r;

	if (!request.value_count && !request.standard && !request.version) {
		*ret_selection = (struct script_selection)SCRIPT_SELECTION_INIT;
		return 0;
	}
	if ((r = need_index(trees, diag)) < 0)
		return r;
	return script_select(&request, script_index_entries(trees->index), &trees->folders,
			     ret_selection, diag);
}

int script_trees_head(struct script_trees *trees, const struct script_choice *choice,
		      const struct script_head **ret_head, struct diag *diag)
{
	int r = need_index(trees, diag);

	return r < 0 ? r : script_index_head(trees->index, choice->path, ret_head, diag);
}

/* ---- the machine ---- */

void script_trees_configure(struct script_trees *trees, struct script_machine_config *config)
{
	size_t i;

	config->self = trees;
	config->find = script_trees_find;
	config->may_read = script_trees_may_read;
	for (i = 0; i < trees->count && !config->old_unpack; i++)
		config->old_unpack = script_tree_is_old(&trees->all[i]);
}

/* No chunk calls, so `strict` is ours. */
static int make_strict(lua_State *lua)
{
	lua_getglobal(lua, "require");
	lua_pushliteral(lua, "strict");
	lua_call(lua, 1, 1);
	lua_pushglobaltable(lua);
	lua_call(lua, 1, 0);
	return 0;
}

int script_trees_prepare(struct script_machine *machine)
{
	lua_State *lua = script_machine_lua(machine);
	int status;

	lua_pushcfunction(lua, make_strict);
	status = lua_pcall(lua, 0, 0, 0);
	if (status == LUA_OK)
		return 0;
	lua_pop(lua, 1);
	return status == LUA_ERRMEM ? ERROR_MEMORY : ERROR_CORRUPT;
}
