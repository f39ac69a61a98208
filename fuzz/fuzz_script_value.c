/* Lua values made of any bytes, also such as hold themselves or lie by their metatables: what
 * becomes of them is bounded and one value, and the formats
 * that show it stay well-formed. */
#include "engine/script_copy.h"
#include "report/format.h"
#include "script/value.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/reader.h"

#include <jansson.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* The harness is built outside of the tests' library. */
#include "../test/support/xml_check.c"

#define TABLES     16
#define VALUES_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static int give_text(lua_State *lua)
{
	lua_pushliteral(lua, "<text> of\n a table\t\x1b");
	return 1;
}

static int give_no_text(lua_State *lua)
{
	lua_pushinteger(lua, 7); /* tostring() does not take it */
	return 1;
}

static int fail_always(lua_State *lua)
{
	return luaL_error(lua, "no");
}

static int endless_index(lua_State *lua)
{
	lua_pushinteger(lua, 1);
	return 1;
}

static const struct {
	const char *event;
	lua_CFunction function;
} metamethods[] = {
	{"__tostring", give_text}, {"__tostring", give_no_text}, {"__pairs", fail_always},
	{"__pairs", give_text},    {"__index", endless_index},   {"__name", NULL},
};

static void set_metatable(lua_State *lua, uint8_t which)
{
	const char *event = metamethods[which % 6].event;

	lua_newtable(lua);
	if (metamethods[which % 6].function)
		lua_pushcfunction(lua, metamethods[which % 6].function);
	else
		lua_pushliteral(lua, "name");
	lua_setfield(lua, -2, event);
	lua_setmetatable(lua, -2);
}

static void push_text(lua_State *lua, struct reader *in)
{
	size_t count = read_u8(in) % 24;
	const uint8_t *text;

	if (count > in->left_bytes)
		count = in->left_bytes;
	text = reader_take(in, count);
	lua_pushlstring(lua, text ? (const char *)text : "", text ? count : 0);
}

/* A value that is a key, too. Tables are at 1..TABLES of the stack. */
static void push_value(lua_State *lua, struct reader *in)
{
	uint8_t kind = read_u8(in);

	switch (kind % 8) {
	case 0:
		lua_pushboolean(lua, kind & 8);
		return;
	case 1:
		lua_pushinteger(lua, (lua_Integer)read_be32(in) - 5);
		return;
	case 2:
		lua_pushnumber(lua, (double)read_be32(in) / ((double)read_u8(in) + 0.5));
		return;
	case 3:
	case 4:
		lua_pushvalue(lua, 1 + read_u8(in) % TABLES);
		return;
	case 5:
		lua_pushlightuserdata(lua, lua);
		return;
	default:
		push_text(lua, in);
	}
}

static void fill(lua_State *lua, struct reader *in)
{
	for (int i = 0; i < TABLES; i++) {
		lua_newtable(lua);
		if (read_u8(in) % 8 == 1)
			set_metatable(lua, read_u8(in));
	}
	for (int i = 0; i < VALUES_MAX && in->left_bytes; i++) {
		int table = 1 + read_u8(in) % TABLES;

		if (read_u8(in) % 2)
			push_value(lua, in);
		else
			lua_pushinteger(lua, (lua_Integer)lua_rawlen(lua, table) + 1);
		push_value(lua, in);
		lua_rawset(lua, table);
	}
}

static void check_nodes(const struct script_result *result)
{
	expect(result->nodes_count <= SCRIPT_NODES_MAX);
	expect(strlen(result->text) <= SCRIPT_OUTPUT_MAX);
	for (size_t i = 0; i < result->nodes_count; i++) {
		const struct script_node *node = &result->nodes[i], *before = node - 1;

		expect(i ? node->depth >= 1 : node->depth == 0);
		expect(!i || node->depth <= before->depth + (before->kind == SCRIPT_TABLE));
		expect(node->depth <= SCRIPT_DEPTH_MAX);
		expect((node->kind == SCRIPT_TABLE) == !node->text);
	}
}

static void write_one(const char *name, const struct script_result *result, struct buf *text)
{
	struct plan plan = {.command_line = "portolan"};
	const struct format_context context = {
		.plan = &plan, .program = "Nmap", .version = "1", .url = "u"};
	const struct format_totals totals = {.estimated_missed = -1};
	const struct script_report report = {{.scope = SCRIPT_POST}, result};
	const struct format_block block = {SCRIPT_POST, {&report, 1, NULL, 0}};
	struct observation seen = {.kind = OBSERVED_SCRIPT};
	struct format_writer *writer;
	struct out *out;

	seen.script.place = report.place;
	seen.script.result = result;
	expect(out_open_buf(text, &out) == 0);
	expect(format_writer_new(format_by_name(name), &context, out, &writer) == 0);
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_SCRIPT, .seen = &seen});
	format_writer_event(writer,
			    &(struct format_event){.kind = FORMAT_SCRIPTS, .block = &block});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_END, .totals = &totals});
	expect(format_writer_free(writer, NULL) == 0);
}

static void check_json(struct buf *text)
{
	for (const char *line = buf_str(text), *end; *line; line = end + 1) {
		json_t *read;

		end = strchr(line, '\n');
		read = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);
		expect(read != NULL);
		json_decref(read);
	}
}

static void check_formats(struct script_result *result)
{
	const struct script_result *copy;
	struct buf text = BUF_INIT;

	result->id = "id";
	copy = script_result_copy_new(result);
	expect(copy && copy->nodes_count == result->nodes_count && copy->cut == result->cut);
	write_one("xml", copy, &text);
	expect(xml_is_well_formed(text.data, text.len, NULL));
	buf_release(&text);
	write_one("ndjson", copy, &text);
	check_json(&text);
	buf_release(&text);
	write_one("normal", copy, &text);
	buf_release(&text);
	alloc_free((void *)copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	lua_State *lua = luaL_newstate();
	struct script_value value;
	int r, top;

	expect(lua != NULL);
	fill(lua, &in);
	lua_pushvalue(lua, 1);
	if (bytes % 8)
		lua_pushnil(lua);
	else
		push_value(lua, &in);
	top = lua_gettop(lua);
	r = script_value_read(lua, -2, -1, &value);
	expect(r == 1 || r == ERROR_USAGE);
	expect(lua_gettop(lua) == top + (r == ERROR_USAGE));
	if (r == 1) {
		check_nodes(&value.result);
		check_formats(&value.result);
		script_value_release(&value);
	}
	lua_close(lua);
	return 0;
}
