#include "detect/service/template.h"

#include <ctype.h>
#include <string.h>

#define ARGUMENTS_MAX 5
#define TEXT_MAX      127
#define NUMBER_MAX    1000000
#define INTEGER_BYTES 8

static const char too_long[] = "it is longer than its field may be";
static const char no_group[] = "it uses a group that took no part";
static const char bad_call[] = "what follows its $ is no substitution";
static const char bad_arguments[] = "a substitution has the wrong arguments";

/* A field under construction. */
struct fill {
	const struct match_group *groups;
	bool cpe;
	char *out;
	size_t used, size;
	size_t cut;      /* where the first substituted NUL is, or SIZE_MAX */
	const char *why; /* NULL: nothing is wrong */
};

struct argument {
	bool is_text;
	unsigned number;
	size_t count;
	uint8_t bytes[TEXT_MAX];
};

struct arguments {
	size_t count;
	struct argument each[ARGUMENTS_MAX];
};

size_t match_field_bytes(enum match_field field)
{
	switch (field) {
	case MATCH_EXTRAINFO:
		return MATCH_FIELD_BYTES;
	case MATCH_OSTYPE:
	case MATCH_DEVICETYPE:
		return 32;
	default:
		return 80;
	}
}

static void add(struct fill *fill, char byte)
{
	if (fill->used + 1 < fill->size)
		fill->out[fill->used++] = byte;
	else
		fill->why = too_long;
}

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Lower case, no blanks, and %XX for what has a meaning in a URI. */
static void add_cpe(struct fill *fill, uint8_t byte)
{
	static const char digits[] = "0123456789ABCDEF";

	if (byte >= 'A' && byte <= 'Z') {
		add(fill, (char)(byte | 0x20));
	} else if (is_blank(byte)) {
		add(fill, '_');
	} else if (byte && strchr(":/?#[]@!$&'()*+,;=%<>\"", byte)) {
		add(fill, '%');
		add(fill, digits[byte >> 4]);
		add(fill, digits[byte & 15]);
	} else {
		add(fill, (char)byte);
	}
}

static void substitute(struct fill *fill, uint8_t byte)
{
	if (!byte && fill->cut == SIZE_MAX)
		fill->cut = fill->used;
	if (fill->cpe)
		add_cpe(fill, byte);
	else
		add(fill, (char)byte);
}

static void substitute_all(struct fill *fill, const uint8_t *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count && !fill->why; i++)
		substitute(fill, bytes[i]);
}

/* NULL, and why, when there is no such group. */
static const struct match_group *group_of(struct fill *fill, unsigned number)
{
	if (number < 1 || number >= MATCH_GROUPS) {
		fill->why = bad_arguments;
		return NULL;
	}
	if (!fill->groups[number].bytes) {
		fill->why = no_group;
		return NULL;
	}
	return &fill->groups[number];
}

/* The functions. Each is called with arguments of the kinds it asked for. */

static void fill_printable(struct fill *fill, const struct match_group *group,
			   const struct arguments *arguments)
{
	size_t i;

	for (i = 0; i < group->count && !fill->why; i++)
		if (group->bytes[i] >= 0x20 && group->bytes[i] < 0x7f)
			substitute(fill, group->bytes[i]);
}

static void fill_replaced(struct fill *fill, const struct match_group *group,
			  const struct arguments *arguments)
{
	const struct argument *find = &arguments->each[1], *put = &arguments->each[2];
	size_t i = 0;

	if (!find->count)
		fill->why = bad_arguments;
	while (i < group->count && !fill->why) {
		if (group->count - i >= find->count &&
		    memcmp(group->bytes + i, find->bytes, find->count) == 0) {
			substitute_all(fill, put->bytes, put->count);
			i += find->count;
		} else {
			substitute(fill, group->bytes[i++]);
		}
	}
}

static void fill_integer(struct fill *fill, const struct match_group *group,
			 const struct arguments *arguments)
{
	const struct argument *order = &arguments->each[1];
	bool big = order->count == 1 && order->bytes[0] == '>';
	bool little = order->count == 1 && order->bytes[0] == '<';
	char digits[24];
	uint64_t value = 0;
	size_t i;
	int length;

	if (group->count > INTEGER_BYTES || (!big && !little)) {
		fill->why = bad_arguments;
		return;
	}
	for (i = 0; i < group->count; i++)
		value = value << 8 | group->bytes[big ? i : group->count - 1 - i];
	length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	substitute_all(fill, (const uint8_t *)digits, (size_t)length);
}

static const struct function {
	const char *name;
	const char *kinds; /* of its arguments: n a group's number, t a text */
	void (*run)(struct fill *fill, const struct match_group *group,
		    const struct arguments *arguments);
} functions[] = {
	{"P", "n", fill_printable},
	{"SUBST", "ntt", fill_replaced},
	{"I", "nt", fill_integer},
};

/* Reading of a call: each takes the text's place and moves it past what it read. */

static void skip_blanks(const char **at)
{
	while (is_blank((uint8_t) * *at))
		(*at)++;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* What stands behind a backslash (formats.md 6.1). */
static bool read_escape(const char **at, uint8_t *ret_byte)
{
	static const char names[] = "\\0nrt", bytes[] = "\\\0\n\r\t";
	const char *name = **at ? strchr(names, **at) : NULL;
	int high, low;

	if (name) {
		*ret_byte = (uint8_t)bytes[name - names];
		(*at)++;
		return true;
	}
	if (**at != 'x' || (high = hex_digit((*at)[1])) < 0 || (low = hex_digit((*at)[2])) < 0)
		return false;
	*ret_byte = (uint8_t)(high << 4 | low);
	*at += 3;
	return true;
}

static bool read_text(const char **at, struct argument *ret)
{
	uint8_t byte;

	for ((*at)++; **at != '"'; ret->bytes[ret->count++] = byte) {
		if (!**at || ret->count == TEXT_MAX)
			return false;
		byte = (uint8_t) * (*at)++;
		if (byte == '\\' && !read_escape(at, &byte))
			return false;
	}
	(*at)++;
	ret->is_text = true;
	return true;
}

/* As in C: 10, 0x0a, 012. */
static bool read_number(const char **at, struct argument *ret)
{
	unsigned base = 10;
	const char *start;
	int digit;

	if (**at == '0' && ((*at)[1] | 0x20) == 'x') {
		base = 16;
		*at += 2;
	} else if (**at == '0') {
		base = 8;
	}
	for (start = *at; (digit = hex_digit(**at)) >= 0; (*at)++) {
		if ((unsigned)digit >= base || ret->number > NUMBER_MAX)
			return false;
		ret->number = ret->number * base + (unsigned)digit;
	}
	return *at > start;
}

static bool read_argument(const char **at, struct arguments *ret)
{
	struct argument *argument = &ret->each[ret->count];

	if (ret->count == ARGUMENTS_MAX)
		return false;
	skip_blanks(at);
	if (!(**at == '"' ? read_text(at, argument) : read_number(at, argument)))
		return false;
	ret->count++;
	skip_blanks(at);
	return true;
}

/* From behind the opening parenthesis to behind the closing one. */
static bool read_arguments(const char **at, struct arguments *ret)
{
	while (read_argument(at, ret)) {
		if (**at == ')') {
			(*at)++;
			return true;
		}
		if (*(*at)++ != ',')
			return false;
	}
	return false;
}

static bool fits(const struct arguments *arguments, const char *kinds)
{
	size_t i;

	if (arguments->count != strlen(kinds))
		return false;
	for (i = 0; i < arguments->count; i++)
		if (arguments->each[i].is_text != (kinds[i] == 't'))
			return false;
	return true;
}

static const struct function *read_function(const char **at)
{
	size_t i, length;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		length = strlen(functions[i].name);
		if (strncmp(*at, functions[i].name, length) == 0 && (*at)[length] == '(') {
			*at += length + 1;
			return &functions[i];
		}
	}
	return NULL;
}

static void fill_call(struct fill *fill, const char **at)
{
	const struct function *function = read_function(at);
	const struct match_group *group;
	struct arguments arguments = {0};

	if (!function)
		fill->why = bad_call;
	else if (!read_arguments(at, &arguments) || !fits(&arguments, function->kinds))
		fill->why = bad_arguments;
	else if ((group = group_of(fill, arguments.each[0].number)))
		function->run(fill, group, &arguments);
}

/* From behind a $. */
static void fill_substitution(struct fill *fill, const char **at)
{
	const struct match_group *group;

	if (**at < '1' || **at > '9') {
		fill_call(fill, at);
		return;
	}
	group = group_of(fill, (unsigned)(*(*at)++ - '0'));
	if (group)
		substitute_all(fill, group->bytes, group->count);
}

static void finish(struct fill *fill)
{
	size_t end = fill->cut < fill->used ? fill->cut : fill->used;

	while (end && (fill->out[end - 1] == ',' || is_blank((uint8_t)fill->out[end - 1])))
		end--;
	fill->out[fill->why ? 0 : end] = '\0';
}

const char *match_template_fill(enum match_field field, const char *template,
				const struct match_group groups[MATCH_GROUPS], char *ret_text)
{
	struct fill fill = {
		.groups = groups,
		.cpe = field == MATCH_CPE_A || field == MATCH_CPE_H || field == MATCH_CPE_O,
		.out = ret_text,
		.size = match_field_bytes(field),
		.cut = SIZE_MAX,
	};

	while (!fill.why && *template) {
		if (*template != '$') {
			add(&fill, *template ++);
			continue;
		}
		template ++;
		fill_substitution(&fill, &template);
	}
	finish(&fill);
	return fill.why;
}
