#include "detect/service/rpc_programs.h"

#include "net/builtin.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/error.h"

#include <stdbool.h>
#include <string.h>

#define PROGRAMS_MAX   65536u
#define FILE_BYTES_MAX (1u << 20)

struct rpc_programs {
	struct arena arena;
	struct rpc_program *list;
	size_t count, room;
};

struct word {
	const char *at;
	size_t bytes;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word before `end`; bytes 0: none. */
static struct word next_word(const char **at, const char *end)
{
	struct word word;

	while (*at < end && is_blank(**at))
		(*at)++;
	word.at = *at;
	while (*at < end && !is_blank(**at) && **at != '#')
		(*at)++;
	word.bytes = (size_t)(*at - word.at);
	return word;
}

static bool number_of(const struct word *word, uint32_t *ret_number)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < word->bytes; i++) {
		if (word->at[i] < '0' || word->at[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(word->at[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*ret_number = (uint32_t)value;
	return word->bytes > 0;
}

static bool is_name(const struct word *word)
{
	size_t i;

	for (i = 0; i < word->bytes; i++)
		if (word->at[i] <= ' ' || word->at[i] > '~')
			return false;
	return word->bytes > 0;
}

static int add(struct rpc_programs *programs, uint32_t number, const struct word *name)
{
	size_t room = programs->room ? programs->room * 2 : 256;
	struct rpc_program *list;

	if (programs->count == programs->room) {
		list = alloc_resize(programs->list, room, sizeof(*list));
		if (!list)
			return ERROR_MEMORY;
		programs->list = list;
		programs->room = room;
	}
	list = &programs->list[programs->count];
	list->number = number;
	list->name = arena_strndup(&programs->arena, name->at, name->bytes);
	if (!list->name)
		return ERROR_MEMORY;
	programs->count++;
	return 0;
}

static int parse_line(struct rpc_programs *programs, const char *at, const char *end)
{
	struct word first = next_word(&at, end), second = next_word(&at, end);
	uint32_t number;

	if (!first.bytes || !second.bytes || programs->count >= PROGRAMS_MAX)
		return 0;
	if (number_of(&first, &number) && is_name(&second))
		return add(programs, number, &second);
	if (number_of(&second, &number) && is_name(&first))
		return add(programs, number, &first);
	return 0;
}

int rpc_programs_parse(const void *text, size_t bytes, struct rpc_programs **ret_programs)
{
	struct rpc_programs *programs = alloc_zero(sizeof(*programs));
	const char *at = text, *end = at + bytes;
	int r = programs ? 0 : ERROR_MEMORY;

	while (r == 0 && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		r = parse_line(programs, at, stop);
		at = stop < end ? stop + 1 : end;
	}
	if (r < 0) {
		rpc_programs_free(programs);
		return r;
	}
	*ret_programs = programs;
	return 0;
}

int rpc_programs_load(const char *path, struct rpc_programs **ret_programs, struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r = file_read(path, FILE_BYTES_MAX, &text, diag);

	if (r == 0)
		r = rpc_programs_parse(text.data, text.len, ret_programs);
	buf_release(&text);
	return r;
}

int rpc_programs_builtin(struct rpc_programs **ret_programs)
{
	return rpc_programs_parse(builtin_rpc_tsv, builtin_rpc_tsv_bytes, ret_programs);
}

void rpc_programs_free(struct rpc_programs *programs)
{
	if (!programs)
		return;
	arena_release(&programs->arena);
	alloc_free(programs->list);
	alloc_free(programs);
}

size_t rpc_programs_count(const struct rpc_programs *programs)
{
	return programs->count;
}

const struct rpc_program *rpc_programs_at(const struct rpc_programs *programs, size_t place)
{
	return &programs->list[place];
}
