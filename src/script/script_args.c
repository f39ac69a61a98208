#include "script/script_args.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/files.h"

#include <lauxlib.h>
#include <string.h>

/* The grammar never has to look back over a table: a table that does not parse leaves a `{` where
 * none may stand. Only a quote that is never closed is read again, as a bare string. */
struct parser {
	struct arena *arena;
	const char *at, *end;
	unsigned depth;
	struct diag *diag;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_blank(char c)
{
	return is_space(c) && c != '\n';
}

static void skip_space(struct parser *in)
{
	while (in->at < in->end && is_space(*in->at))
		in->at++;
}

static void skip_blanks(struct parser *in)
{
	while (in->at < in->end && is_blank(*in->at))
		in->at++;
}

static bool take(struct parser *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static int bad_syntax(struct diag *diag)
{
	return diag_set(diag, ERROR_SYNTAX, "arguments did not parse!");
}

/* The quote that ends what `at` stands in; NULL when there is none. */
static const char *quoted_end(const char *at, const char *end, char quote)
{
	for (; at < end; at++) {
		if (*at == quote)
			return at;
		if (*at == '\\' && at + 1 < end && (at[1] == quote || at[1] == '\\'))
			at++;
	}
	return NULL;
}

/* Takes escapes out of the text between quotes. */
static bool unescape(struct arena *arena, const char *at, const char *end, char quote,
		     struct script_text *ret_text)
{
	char *text = arena_alloc(arena, (size_t)(end - at) + 1);
	size_t bytes = 0;

	if (!text)
		return false;
	for (; at < end; at++) {
		if (*at == '\\' && at + 1 < end && (at[1] == quote || at[1] == '\\'))
			at++;
		text[bytes++] = *at;
	}
	*ret_text = (struct script_text){text, bytes};
	return true;
}

static bool ends_bare(char c)
{
	return c == '\n' || c == ',' || c == '{' || c == '}' || c == '=';
}

static struct script_text read_bare(struct parser *in)
{
	struct script_text text;

	skip_blanks(in);
	text.at = in->at;
	while (in->at < in->end && !ends_bare(*in->at))
		in->at++;
	text.bytes = (size_t)(in->at - text.at);
	while (text.bytes && is_blank(text.at[text.bytes - 1]))
		text.bytes--;
	return text;
}

static int read_string(struct parser *in, struct script_text *ret_text)
{
	const char *closing = NULL;
	char quote = in->at < in->end ? *in->at : 0;

	if (quote == '"' || quote == '\'')
		closing = quoted_end(in->at + 1, in->end, quote);
	if (!closing) {
		*ret_text = read_bare(in);
		return 0;
	}
	if (!unescape(in->arena, in->at + 1, closing, quote, ret_text))
		return ERROR_MEMORY;
	in->at = closing + 1;
	return 0;
}

static int read_table(struct parser *in, const struct script_arg **ret_fields);

static int read_value(struct parser *in, struct script_arg *arg)
{
	if (in->at < in->end && *in->at == '{') {
		arg->kind = SCRIPT_ARG_TABLE;
		return read_table(in, &arg->fields);
	}
	arg->kind = SCRIPT_ARG_STRING;
	return read_string(in, &arg->string);
}

/* A string is a key once a `=` follows. */
static int read_field(struct parser *in, struct script_arg *arg)
{
	int r = read_value(in, arg);

	if (r < 0)
		return r;
	skip_blanks(in);
	if (arg->kind != SCRIPT_ARG_STRING || !take(in, '='))
		return 0;
	arg->named = true;
	arg->key = arg->string;
	skip_blanks(in);
	return read_value(in, arg);
}

static int read_fields(struct parser *in, const struct script_arg **ret_fields)
{
	const struct script_arg **link = ret_fields;
	struct script_arg *arg;
	int r;

	do {
		skip_space(in);
		arg = arena_alloc(in->arena, sizeof(*arg));
		if (!arg)
			return ERROR_MEMORY;
		if ((r = read_field(in, arg)) < 0)
			return r;
		*link = arg;
		link = &arg->next;
		skip_blanks(in);
	} while (take(in, ',') || take(in, '\n'));
	return 0;
}

static int read_table(struct parser *in, const struct script_arg **ret_fields)
{
	int r;

	if (in->depth >= SCRIPT_ARGS_DEPTH_MAX)
		return diag_set(in->diag, ERROR_LIMIT,
				"script arguments nest deeper than %d tables",
				SCRIPT_ARGS_DEPTH_MAX);
	if (!take(in, '{'))
		return bad_syntax(in->diag);
	in->depth++;
	if ((r = read_fields(in, ret_fields)) < 0)
		return r;
	in->depth--;
	skip_space(in);
	return take(in, '}') ? 0 : bad_syntax(in->diag);
}

/* As the reference joins them: a file is always followed by a comma, so without an option the
 * last argument is an empty string. */
static int join(const struct buf *file_text, const char *option, struct buf *text)
{
	size_t bytes = file_text ? file_text->len : 0;

	buf_add_char(text, '{');
	while (bytes && file_text->data[bytes - 1] == ',')
		bytes--;
	if (bytes)
		buf_add(text, file_text->data, bytes);
	if (file_text)
		buf_add_char(text, ',');
	if (option)
		buf_add_str(text, option);
	buf_add_char(text, '}');
	return buf_ok(text) ? 0 : ERROR_MEMORY;
}

static int parse_text(const char *text, size_t bytes, struct script_args *args, struct diag *diag)
{
	struct parser in = {&args->arena, text, text + bytes, 0, diag};

	if (bytes > SCRIPT_ARGS_BYTES_MAX)
		return diag_set(diag, ERROR_LIMIT, "script arguments are longer than %u bytes",
				SCRIPT_ARGS_BYTES_MAX);
	return read_table(&in, &args->fields);
}

int script_args_parse(const struct buf *file_text, const char *option, struct script_args *ret_args,
		      struct diag *diag)
{
	struct script_args args = SCRIPT_ARGS_INIT;
	struct buf text = BUF_INIT;
	size_t bytes;
	int r = 0;

	if (file_text || (option && *option)) {
		r = join(file_text, option, &text);
		bytes = text.len;
		args.text = buf_detach(&text);
		if (r == 0)
			r = parse_text(args.text, bytes, &args, diag);
	}
	if (r < 0)
		script_args_release(&args);
	else
		*ret_args = args;
	return r;
}

int script_args_load(const char *path, const char *option, struct script_args *ret_args,
		     struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r;

	if (!path)
		return script_args_parse(NULL, option, ret_args, diag);
	r = file_read(path, SCRIPT_ARGS_BYTES_MAX, &text, diag);
	if (r == ERROR_NOT_FOUND)
		diag_set(diag, r, "no path to file/directory: %s is not a file", path);
	if (r == 0)
		r = script_args_parse(&text, option, ret_args, diag);
	buf_release(&text);
	return r;
}

void script_args_release(struct script_args *args)
{
	arena_release(&args->arena);
	alloc_free(args->text);
	*args = (struct script_args)SCRIPT_ARGS_INIT;
}

static void push_fields(lua_State *lua, const struct script_arg *field);

static void push_value(lua_State *lua, const struct script_arg *field)
{
	if (field->kind == SCRIPT_ARG_TABLE)
		push_fields(lua, field->fields);
	else
		lua_pushlstring(lua, field->string.at, field->string.bytes);
}

static void push_fields(lua_State *lua, const struct script_arg *field)
{
	lua_Integer position = 0;

	luaL_checkstack(lua, 4, "script arguments");
	lua_newtable(lua);
	for (; field; field = field->next) {
		if (field->named) {
			lua_pushlstring(lua, field->key.at, field->key.bytes);
			push_value(lua, field);
			lua_rawset(lua, -3);
		} else {
			push_value(lua, field);
			lua_rawseti(lua, -2, ++position);
		}
	}
}

void script_args_push(lua_State *lua, const struct script_args *args)
{
	push_fields(lua, args->fields);
}
