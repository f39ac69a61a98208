#include "script/context.h"

#include "script/machine_impl.h"

#include <lauxlib.h>

int script_context_debugging(const struct script_context *context)
{
	return context->debugging ? *context->debugging : context->plan->output.debugging;
}

int script_context_verbosity(const struct script_context *context)
{
	return context->verbosity ? *context->verbosity : context->plan->output.verbosity;
}

void script_machine_set_context(struct script_machine *machine, struct script_context *context)
{
	machine->context = context;
}

struct script_context *script_machine_context(const struct script_machine *machine)
{
	return machine->context;
}

struct script_context *script_context_of(lua_State *lua)
{
	return script_machine_of(lua)->context;
}

struct script_context *script_context_check(lua_State *lua, const char *function)
{
	struct script_context *context = script_context_of(lua);

	if (!context)
		luaL_error(lua, "%s needs a scan", function);
	return context;
}
