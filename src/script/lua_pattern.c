#include "script/lua_pattern.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#define DEPTH_MAX  200
#define TICK_EVERY 256

enum { UNCLOSED = -1, POSITION = -2 };

static const char *match_here(struct lua_pattern *match, const char *at, const char *p);

void lua_pattern_init(struct lua_pattern *match, lua_State *lua, int subject, int pattern,
		      bool anchor)
{
	size_t subject_bytes, pattern_bytes;

	memset(match, 0, offsetof(struct lua_pattern, captures));
	match->lua = lua;
	match->subject = lua_tolstring(lua, subject, &subject_bytes);
	match->subject_end = match->subject + subject_bytes;
	match->pattern = lua_tolstring(lua, pattern, &pattern_bytes);
	match->pattern_end = match->pattern + pattern_bytes;
	match->anchored = anchor && match->pattern[0] == '^';
	match->pattern += match->anchored;
}

static void tick(struct lua_pattern *match)
{
	if (++match->steps % TICK_EVERY == 0)
		script_tick(match->lua, &match->work, TICK_EVERY);
}

/* Where the item of one byte that starts at p ends: x, %x, [set]. */
static const char *item_end(const struct lua_pattern *match, const char *p)
{
	const char *end = match->pattern_end;

	if (*p == '%') {
		if (p + 1 >= end)
			luaL_error(match->lua, "malformed pattern (ends with '%%')");
		return p + 2;
	}
	if (*p++ != '[')
		return p;
	if (p < end && *p == '^')
		p++;
	do { /* a ']' that comes first is one of the set */
		if (p >= end)
			luaL_error(match->lua, "malformed pattern (missing ']')");
		p += *p == '%' ? 2 : 1;
	} while (p >= end || *p != ']');
	return p + 1;
}

static bool in_class(int byte, int class)
{
	bool is;

	switch (tolower(class)) {
	case 'a':
		is = isalpha(byte);
		break;
	case 'c':
		is = iscntrl(byte);
		break;
	case 'd':
		is = isdigit(byte);
		break;
	case 'g':
		is = isgraph(byte);
		break;
	case 'l':
		is = islower(byte);
		break;
	case 'p':
		is = ispunct(byte);
		break;
	case 's':
		is = isspace(byte);
		break;
	case 'u':
		is = isupper(byte);
		break;
	case 'w':
		is = isalnum(byte);
		break;
	case 'x':
		is = isxdigit(byte);
		break;
	case 'z': /* of Lua 5.1; all later ones have it still */
		is = byte == 0;
		break;
	default:
		return class == byte;
	}
	return isupper(class) ? !is : is;
}

/* p is at '[', `last` at its ']'. */
static bool in_set(int byte, const char *p, const char *last)
{
	bool wanted = p[1] != '^';

	for (p += wanted ? 1 : 2; p < last; p++) {
		if (*p == '%') {
			if (in_class(byte, (unsigned char)*++p))
				return wanted;
		} else if (p[1] == '-' && p + 2 < last) {
			if ((unsigned char)p[0] <= byte && byte <= (unsigned char)p[2])
				return wanted;
			p += 2;
		} else if ((unsigned char)*p == byte) {
			return wanted;
		}
	}
	return !wanted;
}

static bool item_matches(struct lua_pattern *match, const char *at, const char *p, const char *end)
{
	int byte;

	tick(match);
	if (at >= match->subject_end)
		return false;
	byte = (unsigned char)*at;
	switch (*p) {
	case '.':
		return true;
	case '%':
		return in_class(byte, (unsigned char)p[1]);
	case '[':
		return in_set(byte, p, end - 1);
	default:
		return (unsigned char)*p == byte;
	}
}

/* %bxy: p is at x. */
static const char *match_balanced(struct lua_pattern *match, const char *at, const char *p)
{
	size_t open = 1;

	if (p + 1 >= match->pattern_end)
		luaL_error(match->lua, "malformed pattern (missing arguments to '%%b')");
	if (at >= match->subject_end || *at != *p)
		return NULL;
	while (++at < match->subject_end) {
		tick(match);
		if (*at == p[1]) {
			if (--open == 0)
				return at + 1;
		} else if (*at == p[0]) {
			open++;
		}
	}
	return NULL;
}

/* As much as there is, then less. */
static const char *match_greedy(struct lua_pattern *match, const char *at, const char *p,
				const char *end)
{
	ptrdiff_t count = 0;
	const char *found;

	while (item_matches(match, at + count, p, end))
		count++;
	for (; count >= 0; count--)
		if ((found = match_here(match, at + count, end + 1)))
			return found;
	return NULL;
}

static const char *match_lazy(struct lua_pattern *match, const char *at, const char *p,
			      const char *end)
{
	const char *found;

	while (!(found = match_here(match, at, end + 1))) {
		if (!item_matches(match, at, p, end))
			return NULL;
		at++;
	}
	return found;
}

static const char *open_capture(struct lua_pattern *match, const char *at, const char *p,
				ptrdiff_t mark)
{
	const char *found;

	if (match->count >= LUA_PATTERN_CAPTURES)
		luaL_error(match->lua, "too many captures");
	match->captures[match->count].start = at;
	match->captures[match->count].bytes = mark;
	match->count++;
	if (!(found = match_here(match, at, p)))
		match->count--;
	return found;
}

static const char *close_capture(struct lua_pattern *match, const char *at, const char *p)
{
	int index = match->count;
	const char *found;

	do {
		if (index-- == 0)
			luaL_error(match->lua, "invalid pattern capture");
	} while (match->captures[index].bytes != UNCLOSED);
	match->captures[index].bytes = at - match->captures[index].start;
	if (!(found = match_here(match, at, p)))
		match->captures[index].bytes = UNCLOSED;
	return found;
}

/* %1 to %9: what that capture holds, again. */
static const char *match_again(struct lua_pattern *match, const char *at, int digit)
{
	int index = digit - '1';
	size_t bytes;

	if (index < 0 || index >= match->count || match->captures[index].bytes == UNCLOSED)
		luaL_error(match->lua, "invalid capture index %%%d", index + 1);
	/* A position has no bytes that could come again. */
	bytes = (size_t)match->captures[index].bytes;
	if ((size_t)(match->subject_end - at) < bytes)
		return NULL;
	script_tick(match->lua, &match->work, bytes / 16);
	return memcmp(match->captures[index].start, at, bytes) == 0 ? at + bytes : NULL;
}

/* %f[set]: p is at the set. */
static bool at_frontier(const struct lua_pattern *match, const char *at, const char *p,
			const char *end)
{
	int before = at == match->subject ? 0 : (unsigned char)at[-1];
	int after = at == match->subject_end ? 0 : (unsigned char)*at;

	return !in_set(before, p, end - 1) && in_set(after, p, end - 1);
}

static const char *frontier_end(const struct lua_pattern *match, const char *p)
{
	if (p >= match->pattern_end || *p != '[')
		luaL_error(match->lua, "missing '[' after '%%f' in pattern");
	return item_end(match, p);
}

/* Items that take no suffix. False: it is none of them. Else `at` and `p` are moved on, `at` to
 * NULL when it does not match. */
static bool match_special(struct lua_pattern *match, const char **at, const char **p)
{
	const char *pattern = *p, *end;

	if (*pattern != '%' || pattern + 1 >= match->pattern_end)
		return false;
	switch (pattern[1]) {
	case 'b':
		*at = match_balanced(match, *at, pattern + 2);
		*p = pattern + 4;
		return true;
	case 'f':
		end = frontier_end(match, pattern + 2);
		if (!at_frontier(match, *at, pattern + 2, end))
			*at = NULL;
		*p = end;
		return true;
	default:
		if (!isdigit((unsigned char)pattern[1]))
			return false;
		*at = match_again(match, *at, pattern[1]);
		*p = pattern + 2;
		return true;
	}
}

/* One item with its suffix. True: the answer is in ret_found; false: go on at the moved places. */
static bool match_item(struct lua_pattern *match, const char **at, const char **p,
		       const char **ret_found)
{
	const char *end = item_end(match, *p), *found;
	char suffix = '\0';

	if (end < match->pattern_end)
		suffix = *end;
	switch (suffix) {
	case '*':
		*ret_found = match_greedy(match, *at, *p, end);
		return true;
	case '-':
		*ret_found = match_lazy(match, *at, *p, end);
		return true;
	case '+':
		*ret_found = item_matches(match, *at, *p, end)
				     ? match_greedy(match, *at + 1, *p, end)
				     : NULL;
		return true;
	case '?':
		if (item_matches(match, *at, *p, end) &&
		    (found = match_here(match, *at + 1, end + 1))) {
			*ret_found = found;
			return true;
		}
		*p = end + 1;
		return false;
	default:
		*ret_found = NULL;
		if (!item_matches(match, *at, *p, end))
			return true;
		++*at;
		*p = end;
		return false;
	}
}

static const char *match_rest(struct lua_pattern *match, const char *at, const char *p)
{
	const char *found;

	while (at && p < match->pattern_end) {
		tick(match);
		if (*p == '(' && p + 1 < match->pattern_end && p[1] == ')')
			return open_capture(match, at, p + 2, POSITION);
		if (*p == '(')
			return open_capture(match, at, p + 1, UNCLOSED);
		if (*p == ')')
			return close_capture(match, at, p + 1);
		if (*p == '$' && p + 1 == match->pattern_end)
			return at == match->subject_end ? at : NULL;
		if (!match_special(match, &at, &p) && match_item(match, &at, &p, &found))
			return found;
	}
	return at;
}

static const char *match_here(struct lua_pattern *match, const char *at, const char *p)
{
	const char *found;

	if (++match->depth > DEPTH_MAX)
		luaL_error(match->lua, "pattern too complex");
	found = match_rest(match, at, p);
	match->depth--;
	return found;
}

const char *lua_pattern_match(struct lua_pattern *match, const char *from)
{
	match->count = 0;
	match->depth = 0;
	return match_here(match, from, match->pattern);
}

void lua_pattern_push(const struct lua_pattern *match, int index, const char *from, const char *end)
{
	const struct lua_pattern_capture *capture = &match->captures[index];

	if (index >= match->count) {
		if (index != 0)
			luaL_error(match->lua, "invalid capture index %%%d", index + 1);
		lua_pushlstring(match->lua, from, (size_t)(end - from));
		return;
	}
	if (capture->bytes == UNCLOSED)
		luaL_error(match->lua, "unfinished capture");
	if (capture->bytes == POSITION)
		lua_pushinteger(match->lua, capture->start - match->subject + 1);
	else
		lua_pushlstring(match->lua, capture->start, (size_t)capture->bytes);
}

int lua_pattern_push_all(const struct lua_pattern *match, const char *from, const char *end,
			 bool whole)
{
	int count = match->count == 0 && whole ? 1 : match->count, index;

	luaL_checkstack(match->lua, count, "too many captures");
	for (index = 0; index < count; index++)
		lua_pattern_push(match, index, from, end);
	return count;
}
