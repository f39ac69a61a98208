#include "script/script_args.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* All texts lie in the arguments' own memory, and nesting is bounded. */
static void check(const struct script_arg *arg, unsigned depth)
{
	volatile char last;

	if (depth > SCRIPT_ARGS_DEPTH_MAX)
		abort();
	for (; arg; arg = arg->next) {
		if (arg->named && arg->key.bytes)
			last = arg->key.at[arg->key.bytes - 1];
		if (arg->kind == SCRIPT_ARG_TABLE)
			check(arg->fields, depth + 1);
		else if (arg->string.bytes)
			last = arg->string.at[arg->string.bytes - 1];
	}
	(void)last;
}

static void push(const struct script_args *args)
{
	lua_State *lua = luaL_newstate();

	if (!lua)
		return;
	script_args_push(lua, args);
	if (lua_gettop(lua) != 1 || !lua_istable(lua, 1))
		abort();
	lua_close(lua);
}

/* The first byte says how much is the file's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	size_t file_bytes = bytes ? data[0] : 0;
	struct buf file = BUF_INIT;
	struct script_args args;
	char *option;

	if (bytes < 1 + file_bytes)
		return 0;
	buf_add(&file, data + 1, file_bytes);
	option = strndup((const char *)data + 1 + file_bytes, bytes - 1 - file_bytes);
	if (option && script_args_parse(file_bytes ? &file : NULL, option, &args, NULL) == 0) {
		check(args.fields, 1);
		push(&args);
		script_args_release(&args);
	}
	free(option);
	buf_release(&file);
	return 0;
}
