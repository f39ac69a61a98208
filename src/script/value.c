/* All that is allocated hangs on the value, which outlives the protected call: an error
 * raised by a script's metamethod leaks nothing. The text and the nodes are two walks, for they
 * differ: a __tostring counts for the text only. */
#include "script/value.h"

#include "engine/script_copy.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

/* A nested table needs its iterator, key, value and the text of one of them. */
#define STACK_A_LEVEL 8

struct reading {
	struct script_value *value;
	const void *path[SCRIPT_DEPTH_MAX]; /* the tables around the one that is walked */
	size_t entries;                     /* met so far, shown or not */
	bool full;                          /* no more is added */
	bool failed;                        /* memory */
};

/* Bounds the work as well as the result: keys that are not shown count, too. */
#define ENTRIES_MAX (4 * SCRIPT_NODES_MAX)

struct entry {
	struct reading *reading;
	uint32_t depth; /* of the table */
	void (*add)(lua_State *lua, const struct entry *entry, bool has_key);
};

/* A NUL is written \x00, as every format would. */
static void add_bytes(struct buf *out, const char *bytes, size_t count)
{
	for (const char *nul; (nul = memchr(bytes, '\0', count)); bytes = nul + 1) {
		buf_add(out, bytes, (size_t)(nul - bytes));
		buf_add_str(out, "\\x00");
		count -= (size_t)(nul - bytes) + 1;
	}
	buf_add(out, bytes, count);
}

/* --- the walk over a table's entries ------------------------------------ */

static bool may_go_on(struct reading *reading)
{
	if (!reading->full && ++reading->entries > ENTRIES_MAX)
		reading->full = true;
	return !reading->full && !reading->failed;
}

/* Those of 1, 2 ... up to the first nil, as ipairs() gives them. Value on top. */
static void each_of_array(lua_State *lua, int table, const struct entry *entry)
{
	for (lua_Integer i = 1; may_go_on(entry->reading); i++) {
		if (lua_geti(lua, table, i) == LUA_TNIL) {
			lua_pop(lua, 1);
			return;
		}
		entry->add(lua, entry, false);
		lua_pop(lua, 1);
	}
}

/* next(), whatever a script has put in its place. */
static int next_entry(lua_State *lua)
{
	lua_settop(lua, 2);
	if (lua_next(lua, 1))
		return 2;
	lua_pushnil(lua);
	return 1;
}

/* The three values of pairs(table). */
static void push_pairs(lua_State *lua, int table)
{
	if (luaL_getmetafield(lua, table, "__pairs") == LUA_TNIL) {
		lua_pushcfunction(lua, next_entry);
		lua_pushvalue(lua, table);
		lua_pushnil(lua);
		return;
	}
	lua_pushvalue(lua, table);
	lua_call(lua, 1, 3);
}

/* Is there one more? Its key and value are pushed on the three of pairs(). */
static bool next_pair(lua_State *lua)
{
	lua_pushvalue(lua, -3);
	lua_pushvalue(lua, -3);
	lua_pushvalue(lua, -3);
	lua_call(lua, 2, 2);
	if (!lua_isnil(lua, -2))
		return true;
	lua_pop(lua, 2);
	return false;
}

/* Those whose keys are strings. Key and value on top. */
static void each_with_key(lua_State *lua, int table, const struct entry *entry)
{
	push_pairs(lua, table);
	while (may_go_on(entry->reading) && next_pair(lua)) {
		if (lua_type(lua, -2) == LUA_TSTRING)
			entry->add(lua, entry, true);
		lua_pop(lua, 1);
		lua_replace(lua, -2); /* the key is the next control value */
	}
	lua_pop(lua, 3);
}

/* Is it inside itself, or too deep? */
static bool goes_round(const struct reading *reading, const void *table, uint32_t depth)
{
	if (depth >= SCRIPT_DEPTH_MAX)
		return true;
	for (uint32_t i = 0; i < depth; i++)
		if (reading->path[i] == table)
			return true;
	return false;
}

static void walk_table(lua_State *lua, int table, const struct entry *entry)
{
	luaL_checkstack(lua, STACK_A_LEVEL, "a result too deep");
	entry->reading->path[entry->depth] = lua_topointer(lua, table);
	each_of_array(lua, table, entry);
	each_with_key(lua, table, entry);
}

/* --- text ---------------------------------------------------------------- */

static void add_text(struct reading *reading, const char *bytes, size_t count)
{
	struct buf *text = &reading->value->text;

	if (reading->full)
		return;
	add_bytes(text, bytes, count);
	if (text->len > SCRIPT_OUTPUT_MAX - strlen(SCRIPT_VALUE_MORE)) {
		buf_cut(text, SCRIPT_OUTPUT_MAX - strlen(SCRIPT_VALUE_MORE));
		reading->full = true;
	}
	reading->failed |= !buf_ok(text);
}

static void add_tostring(lua_State *lua, int index, struct reading *reading)
{
	size_t count;
	const char *bytes = luaL_tolstring(lua, index, &count);

	add_text(reading, bytes, count);
	lua_pop(lua, 1);
}

static void add_text_of(lua_State *lua, int index, struct reading *reading, uint32_t depth);

static void add_text_entry(lua_State *lua, const struct entry *entry, bool has_key)
{
	static const char indent[] = "  ";
	struct reading *reading = entry->reading;
	int value = lua_gettop(lua);

	add_text(reading, "\n", 1);
	for (uint32_t i = 0; i <= entry->depth; i++)
		add_text(reading, indent, 2);
	if (has_key) {
		size_t count;
		const char *key = lua_tolstring(lua, value - 1, &count);

		add_text(reading, key, count);
		add_text(reading, ": ", 2);
	}
	add_text_of(lua, value, reading, entry->depth + 1);
}

static void add_text_of(lua_State *lua, int index, struct reading *reading, uint32_t depth)
{
	const struct entry entry = {reading, depth, add_text_entry};

	if (!lua_istable(lua, index)) {
		add_tostring(lua, index, reading);
	} else if (luaL_getmetafield(lua, index, "__tostring") != LUA_TNIL) {
		lua_pop(lua, 1);
		add_tostring(lua, index, reading);
	} else if (goes_round(reading, lua_topointer(lua, index), depth)) {
		add_text(reading, SCRIPT_VALUE_MORE, strlen(SCRIPT_VALUE_MORE));
		reading->value->result.cut = true;
	} else {
		walk_table(lua, index, &entry);
	}
}

/* --- nodes --------------------------------------------------------------- */

static const char *keep(struct reading *reading, const char *bytes, size_t count)
{
	struct buf whole = BUF_INIT;
	const char *copy;

	if (count > SCRIPT_OUTPUT_MAX - reading->value->bytes) {
		count = SCRIPT_OUTPUT_MAX - reading->value->bytes;
		reading->full = true;
	}
	add_bytes(&whole, bytes, count);
	reading->value->bytes += count;
	copy = buf_ok(&whole) ? arena_strdup(&reading->value->arena, buf_str(&whole)) : NULL;
	reading->failed |= !copy;
	buf_release(&whole);
	return copy;
}

static void add_node(struct reading *reading, const struct script_node *node)
{
	buf_add(&reading->value->nodes, node, sizeof(*node));
	reading->failed |= !buf_ok(&reading->value->nodes);
	if (reading->value->nodes.len / sizeof(*node) >= SCRIPT_NODES_MAX - 1)
		reading->full = true;
}

static enum script_kind kind_of(lua_State *lua, int index)
{
	switch (lua_type(lua, index)) {
	case LUA_TTABLE:
		return SCRIPT_TABLE;
	case LUA_TNUMBER:
		return SCRIPT_NUMBER;
	case LUA_TBOOLEAN:
		return SCRIPT_BOOLEAN;
	default:
		return SCRIPT_TEXT;
	}
}

static void add_nodes_of(lua_State *lua, int index, struct reading *reading,
			 struct script_node *node);

static void add_nodes_entry(lua_State *lua, const struct entry *entry, bool has_key)
{
	struct script_node node = {.depth = entry->depth + 1};
	int value = lua_gettop(lua);

	if (has_key) {
		size_t count;
		const char *key = lua_tolstring(lua, value - 1, &count);

		node.key = keep(entry->reading, key, count);
	}
	add_nodes_of(lua, value, entry->reading, &node);
}

static void add_more(struct reading *reading, struct script_node *node)
{
	node->kind = SCRIPT_TEXT;
	node->text = SCRIPT_VALUE_MORE;
	add_node(reading, node);
	reading->value->result.cut = true;
}

static void add_nodes_of(lua_State *lua, int index, struct reading *reading,
			 struct script_node *node)
{
	const struct entry entry = {reading, node->depth, add_nodes_entry};

	node->kind = kind_of(lua, index);
	if (node->kind == SCRIPT_TABLE) {
		if (goes_round(reading, lua_topointer(lua, index), node->depth)) {
			add_more(reading, node);
		} else {
			add_node(reading, node);
			walk_table(lua, index, &entry);
		}
	} else {
		size_t count;
		const char *bytes = luaL_tolstring(lua, index, &count);

		node->text = keep(reading, bytes, count);
		lua_pop(lua, 1);
		add_node(reading, node);
	}
}

/* --- the result ---------------------------------------------------------- */

static void read_text(lua_State *lua, int index, struct script_value *value,
		      struct reading *reading, bool generated)
{
	*reading = (struct reading){.value = value};
	if (generated)
		add_text_of(lua, index, reading, 0);
	else
		add_tostring(lua, index, reading);
	if (!reading->full)
		return;
	buf_add_str(&value->text, SCRIPT_VALUE_MORE);
	value->result.cut = true;
}

static void read_nodes(lua_State *lua, int index, struct script_value *value,
		       struct reading *reading)
{
	struct script_node top = {0}, more = {.depth = 1};

	*reading = (struct reading){.value = value};
	add_nodes_of(lua, index, reading, &top);
	if (!reading->full)
		return;
	if (top.kind == SCRIPT_TABLE)
		add_more(reading, &more);
	value->result.cut = true;
}

/* value, r1, r2 */
static int read_protected(lua_State *lua)
{
	struct script_value *value = lua_touserdata(lua, 1);
	struct reading reading = {.value = value};
	bool second = lua_toboolean(lua, 3);

	luaL_checkstack(lua, STACK_A_LEVEL, NULL);
	if (second)
		read_text(lua, 3, value, &reading, false);
	else
		read_text(lua, 2, value, &reading, lua_type(lua, 2) != LUA_TSTRING);
	if (!reading.failed && !lua_isnil(lua, 2) && (second || lua_type(lua, 2) != LUA_TSTRING))
		read_nodes(lua, 2, value, &reading);
	if (reading.failed || !buf_ok(&value->text) || !buf_ok(&value->nodes))
		value->nodes.failed = true;
	return 0;
}

static void finish(struct script_value *value)
{
	value->result.text = buf_str(&value->text);
	value->result.nodes =
		value->nodes.len ? (const struct script_node *)value->nodes.data : NULL;
	value->result.nodes_count = value->nodes.len / sizeof(struct script_node);
}

int script_value_read(lua_State *lua, int first, int second, struct script_value *ret_value)
{
	struct script_value value = {.text = BUF_INIT, .nodes = BUF_INIT};
	int r;

	first = lua_absindex(lua, first);
	second = lua_absindex(lua, second);
	if (lua_isnil(lua, first) && !lua_toboolean(lua, second))
		return 0;
	if (!lua_checkstack(lua, 4))
		return ERROR_MEMORY;
	lua_pushcfunction(lua, read_protected);
	lua_pushlightuserdata(lua, &value);
	lua_pushvalue(lua, first);
	lua_pushvalue(lua, second);
	r = lua_pcall(lua, 3, 0, 0);
	if (r == LUA_OK && buf_ok(&value.nodes) && buf_str(&value.text)) {
		finish(&value);
		*ret_value = value;
		return 1;
	}
	if (r == LUA_ERRMEM)
		lua_pop(lua, 1);
	script_value_release(&value);
	return r == LUA_OK || r == LUA_ERRMEM ? ERROR_MEMORY : ERROR_USAGE;
}

void script_value_release(struct script_value *value)
{
	arena_release(&value->arena);
	buf_release(&value->text);
	buf_release(&value->nodes);
	*value = (struct script_value){.text = BUF_INIT, .nodes = BUF_INIT};
}
