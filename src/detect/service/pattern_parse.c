/* One pass, no tree. What is read goes into a run: bytes that stand beside each other
 * in every match. Whatever is not a single known byte ends the run, which becomes a factor.
 *
 * Only behind a group is it known that it has alternatives, or that it may be left out. So where
 * it opened is remembered (struct mark), and what it gave is taken back to there:
 *   (...)?   all of it;
 *   (a|b)    all but the best factor of each alternative; together they make one factor;
 *   (?=...)  all of it, as if it had not been there: it takes no room. */
#include "detect/service/pattern_parse.h"

#include <string.h>

#define MANY       UINT32_MAX
#define COPIES_MAX 8 /* of a byte with a count, a{20} */

struct parse {
	const uint8_t *at, *end;
	struct pattern_needs *needs;
	size_t run;       /* where the run begins in needs->text; it ends where the text does */
	size_t prefix;    /* the place in the prefix of what comes next */
	bool prefix_open; /* that place is known */
	bool begun;       /* something was read: a ^ is not the first thing any more */
	bool failed;      /* not understood */
	unsigned nested;
};

/* A place that can be gone back to. */
struct mark {
	size_t run, text, factors, literals, prefix;
	bool prefix_open;
	uint32_t min_bytes;
};

/* How often: a? is 0 to 1. */
struct count {
	uint32_t least, most;
};

/* One byte of a subject: folded, & mask, it is value. mask 0xff: it is known. */
struct one_byte {
	uint8_t mask, value;
};

static void read_alternatives(struct parse *parse);

/* Runs, factors, marks */

static void end_run(struct parse *parse)
{
	struct pattern_needs *needs = parse->needs;
	size_t bytes = needs->text_bytes - parse->run;

	if (bytes > 1 && needs->literals_count < PATTERN_LITERALS_MAX &&
	    needs->factors_count < PATTERN_FACTORS_MAX) {
		needs->factors[needs->factors_count++] =
			(struct pattern_factor){(uint16_t)needs->literals_count, 1};
		needs->literals[needs->literals_count++] =
			(struct pattern_literal){(uint16_t)parse->run, (uint16_t)bytes};
	}
	parse->run = needs->text_bytes;
}

static void add_to_run(struct parse *parse, uint8_t byte)
{
	struct pattern_needs *needs = parse->needs;

	if (needs->text_bytes < PATTERN_TEXT_MAX)
		needs->text[needs->text_bytes++] = byte;
	else
		end_run(parse); /* and what follows is not told */
}

static void add_min_bytes(struct parse *parse, uint64_t more)
{
	uint64_t sum = parse->needs->min_bytes + more;

	parse->needs->min_bytes =
		sum > PATTERN_MIN_BYTES_MAX ? PATTERN_MIN_BYTES_MAX : (uint32_t)sum;
}

static void add_to_prefix(struct parse *parse, struct one_byte byte)
{
	if (!parse->prefix_open || parse->prefix == PATTERN_PREFIX_BYTES) {
		parse->prefix_open = false;
		return;
	}
	parse->needs->mask[parse->prefix] = byte.mask;
	parse->needs->value[parse->prefix] = byte.value;
	parse->prefix++;
}

static struct mark mark_here(const struct parse *parse)
{
	const struct pattern_needs *needs = parse->needs;

	return (struct mark){.run = parse->run,
			     .text = needs->text_bytes,
			     .factors = needs->factors_count,
			     .literals = needs->literals_count,
			     .prefix = parse->prefix,
			     .prefix_open = parse->prefix_open,
			     .min_bytes = needs->min_bytes};
}

static void prefix_back(struct parse *parse, const struct mark *mark)
{
	size_t i;

	for (i = mark->prefix; i < PATTERN_PREFIX_BYTES; i++)
		parse->needs->mask[i] = parse->needs->value[i] = 0;
	parse->prefix = mark->prefix;
	parse->prefix_open = mark->prefix_open;
}

static void back_to(struct parse *parse, const struct mark *mark)
{
	parse->run = mark->run;
	parse->needs->text_bytes = mark->text;
	parse->needs->factors_count = mark->factors;
	parse->needs->literals_count = mark->literals;
	parse->needs->min_bytes = mark->min_bytes;
	prefix_back(parse, mark);
}

/* Something of unknown content: at least `bytes` long. */
static void add_unknown(struct parse *parse, uint64_t bytes)
{
	end_run(parse);
	parse->prefix_open = false;
	add_min_bytes(parse, bytes);
}

static void add_one_byte(struct parse *parse, struct one_byte byte, struct count count)
{
	bool known = byte.mask == 0xff;
	uint32_t copies = count.least < COPIES_MAX ? count.least : COPIES_MAX, i;

	for (i = 0; i < copies; i++) {
		if (known)
			add_to_run(parse, byte.value);
		else
			end_run(parse);
		add_to_prefix(parse, byte);
	}
	add_min_bytes(parse, count.least);
	if (count.most == copies)
		return;
	end_run(parse);
	parse->prefix_open = false;
	if (known && count.least)
		add_to_run(parse, byte.value); /* the last one stands beside what follows */
}

/* Counts */

static bool read_decimal(const uint8_t **at, const uint8_t *end, uint32_t *ret)
{
	const uint8_t *start = *at;

	for (*ret = 0; *at < end && **at >= '0' && **at <= '9' && *at - start < 6; (*at)++)
		*ret = *ret * 10 + (uint32_t)(**at - '0');
	return *at > start;
}

/* {2} {2,} {2,5}; anything else in braces is no count but text. */
static bool read_braces(struct parse *parse, struct count *ret_count)
{
	const uint8_t *at = parse->at + 1;
	struct count count;

	if (!read_decimal(&at, parse->end, &count.least))
		return false;
	count.most = count.least;
	if (at < parse->end && *at == ',') {
		at++;
		if (!read_decimal(&at, parse->end, &count.most))
			count.most = MANY;
	}
	if (at == parse->end || *at != '}')
		return false;
	parse->at = at + 1;
	*ret_count = count;
	return true;
}

static bool read_one_count(struct parse *parse, struct count *ret_count)
{
	if (parse->at == parse->end)
		return false;
	switch (*parse->at) {
	case '{':
		return read_braces(parse, ret_count);
	case '?':
		*ret_count = (struct count){0, 1};
		break;
	case '*':
		*ret_count = (struct count){0, MANY};
		break;
	case '+':
		*ret_count = (struct count){1, MANY};
		break;
	default:
		return false;
	}
	parse->at++;
	return true;
}

static inline bool starts_with(const struct parse *parse, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(parse->end - parse->at) >= length && memcmp(parse->at, text, length) == 0;
}

static inline void skip_comments(struct parse *parse)
{
	const uint8_t *close;

	while (parse->at < parse->end && *parse->at == '(' && starts_with(parse, "(?#")) {
		close = memchr(parse->at, ')', (size_t)(parse->end - parse->at));
		parse->failed |= !close;
		parse->at = close ? close + 1 : parse->end;
	}
}

/* The count behind what was just read, with its ? or +; once if there is none. */
static struct count read_count(struct parse *parse)
{
	struct count count = {1, 1}, second;

	skip_comments(parse);
	if (!read_one_count(parse, &count))
		return count;
	if (parse->at < parse->end && (*parse->at == '?' || *parse->at == '+'))
		parse->at++;
	skip_comments(parse);
	if (read_one_count(parse, &second))
		parse->failed = true; /* a{2}{3} */
	return count;
}

/* Escapes */

static int hex_digit(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* From behind \x: none to two digits, or any in braces. */
static uint8_t read_hex(struct parse *parse)
{
	uint32_t value = 0, digits = 0;
	bool braces = parse->at < parse->end && *parse->at == '{';
	int digit;

	parse->at += braces;
	for (; parse->at < parse->end && digits < (braces ? 8 : 2); digits++, parse->at++) {
		if ((digit = hex_digit(*parse->at)) < 0)
			break;
		value = value << 4 | (uint32_t)digit;
	}
	if (braces) {
		parse->failed |= !digits || parse->at == parse->end || *parse->at != '}';
		parse->at += parse->at < parse->end;
	}
	parse->failed |= value > 0xff;
	return (uint8_t)value;
}

/* From the first of at most three digits. */
static uint8_t read_octal(struct parse *parse)
{
	uint32_t value = 0, digits;

	for (digits = 0;
	     digits < 3 && parse->at < parse->end && *parse->at >= '0' && *parse->at <= '7';
	     digits++)
		value = value * 8 + (uint32_t)(*parse->at++ - '0');
	parse->failed |= value > 0xff;
	return (uint8_t)value;
}

/* An escape that stands for one byte, and means that inside classes too. `at` is behind the
 * backslash; moved only when true. */
static bool read_byte_escape(struct parse *parse, uint8_t *ret_byte)
{
	static const char names[] = "aefnrt", bytes[] = "\a\033\f\n\r\t";
	uint8_t byte = *parse->at;
	const char *name;

	if (byte == '0') {
		*ret_byte = read_octal(parse);
		return true;
	}
	if (byte == 'x') {
		parse->at++;
		*ret_byte = read_hex(parse);
		return true;
	}
	name = byte ? strchr(names, byte) : NULL;
	if (name)
		*ret_byte = (uint8_t)bytes[name - names];
	else if (byte < 0x80 && ((byte >= '0' && byte <= '9') || hex_digit(byte) >= 0 ||
				 ((byte | 0x20) >= 'g' && (byte | 0x20) <= 'z')))
		return false;
	else
		*ret_byte = byte;
	parse->at++;
	return true;
}

static bool is_one_of(uint8_t byte, const char *set)
{
	return byte && strchr(set, byte);
}

static void read_other_escape(struct parse *parse)
{
	uint8_t byte = *parse->at++;
	struct count count;

	if (is_one_of(byte, "bBAZzGK")) { /* takes no room */
		(void)read_count(parse);
		parse->begun = true;
	} else if (is_one_of(byte, "dDwWsShHvVC") ||
		   (byte == 'N' && (parse->at == parse->end || *parse->at != '{'))) {
		add_one_byte(parse, (struct one_byte){0, 0}, read_count(parse));
	} else if (byte == 'R' || byte == 'X') {
		count = read_count(parse);
		add_unknown(parse, count.least);
	} else if (byte >= '1' && byte <= '9' &&
		   (parse->at == parse->end || *parse->at < '0' || *parse->at > '9')) {
		(void)read_count(parse); /* a group again, which may be empty */
		add_unknown(parse, 0);
	} else {
		parse->failed = true;
	}
}

static void read_escape(struct parse *parse)
{
	struct one_byte byte = {0xff, 0};

	if (++parse->at == parse->end) {
		parse->failed = true;
	} else if (read_byte_escape(parse, &byte.value)) {
		byte.value = pattern_fold(byte.value);
		add_one_byte(parse, byte, read_count(parse));
	} else {
		read_other_escape(parse);
	}
}

/* Classes */

/* What all bytes of a class have in common. */
struct class_bits {
	uint8_t all, any; /* bits that all of them have; that any has */
	bool wide;        /* nothing is known */
};

static void class_add(struct class_bits *bits, uint8_t byte)
{
	byte = pattern_fold(byte);
	bits->all &= byte;
	bits->any |= byte;
}

/* [:alpha:], from its bracket. */
static bool skip_posix_class(struct parse *parse)
{
	const uint8_t *at = parse->at + 2;

	if (!starts_with(parse, "[:"))
		return false;
	while (at < parse->end && ((*at >= 'a' && *at <= 'z') || *at == '^'))
		at++;
	if (parse->end - at < 2 || at[0] != ':' || at[1] != ']')
		return false;
	parse->at = at + 2;
	return true;
}

/* One byte of a class, or (false) something that is several. */
static bool read_class_item(struct parse *parse, uint8_t *ret_byte)
{
	if (skip_posix_class(parse))
		return false;
	*ret_byte = *parse->at++;
	if (*ret_byte != '\\')
		return true;
	if (parse->at == parse->end) {
		parse->failed = true;
		return false;
	}
	if (read_byte_escape(parse, ret_byte))
		return true;
	if (*parse->at == 'b') {
		*ret_byte = '\b';
		parse->at++;
		return true;
	}
	if (*parse->at >= '1' && *parse->at <= '7') {
		*ret_byte = read_octal(parse);
		return true;
	}
	parse->failed |= !is_one_of(*parse->at, "dDwWsShHvV");
	parse->at++;
	return false;
}

/* An item, or a range of two. */
static void read_class_range(struct parse *parse, struct class_bits *bits)
{
	uint8_t first, last;
	unsigned byte;

	if (!read_class_item(parse, &first)) {
		bits->wide = true;
		return;
	}
	class_add(bits, first);
	if (parse->end - parse->at < 2 || parse->at[0] != '-' || parse->at[1] == ']')
		return;
	parse->at++;
	if (!read_class_item(parse, &last)) {
		bits->wide = true;
		return;
	}
	for (byte = first; byte <= last && !bits->wide; byte++) {
		class_add(bits, (uint8_t)byte);
		bits->wide = (bits->all ^ bits->any) == 0xff;
	}
}

static void read_class(struct parse *parse)
{
	struct class_bits bits = {.all = 0xff};
	struct one_byte byte;
	bool first = true;

	parse->at++;
	if (parse->at < parse->end && *parse->at == '^') {
		bits.wide = true;
		parse->at++;
	}
	for (; parse->at < parse->end && (first || *parse->at != ']'); first = false)
		read_class_range(parse, &bits);
	if (parse->at == parse->end) {
		parse->failed = true;
		return;
	}
	parse->at++;
	byte.mask = bits.wide ? 0 : (uint8_t) ~(bits.all ^ bits.any);
	byte.value = bits.all & byte.mask;
	add_one_byte(parse, byte, read_count(parse));
}

/* Alternatives */

/* How well a factor can be looked for: by its shortest literal, and few of them. */
static size_t factor_worth(const struct pattern_needs *needs, const struct pattern_factor *factor)
{
	size_t shortest = PATTERN_PREFIX_BYTES, i;

	for (i = 0; i < factor->count; i++)
		if (needs->literals[factor->first + i].bytes < shortest)
			shortest = needs->literals[factor->first + i].bytes;
	return shortest * (PATTERN_SET_MAX + 1) - factor->count;
}

static const struct pattern_factor *best_factor(const struct pattern_needs *needs, size_t from)
{
	const struct pattern_factor *best = NULL;
	size_t i;

	for (i = from; i < needs->factors_count; i++)
		if (!best || factor_worth(needs, &needs->factors[i]) > factor_worth(needs, best))
			best = &needs->factors[i];
	return best;
}

/* The alternatives of one group, as far as they were read. */
struct alternatives {
	struct mark mark;  /* where the group opened */
	size_t kept;       /* literals of it: the best factor of each alternative */
	bool each;         /* each alternative had one */
	uint32_t shortest; /* min_bytes, of the shortest */
};

/* An alternative ended: of its factors, the best one's literals are kept. */
static void end_alternative(struct parse *parse, struct alternatives *group)
{
	struct pattern_needs *needs = parse->needs;
	const struct pattern_factor *best;

	end_run(parse);
	best = best_factor(needs, group->mark.factors);
	if (!best || group->kept + best->count > PATTERN_SET_MAX) {
		group->each = false;
	} else {
		memmove(needs->literals + group->mark.literals + group->kept,
			needs->literals + best->first, best->count * sizeof(needs->literals[0]));
		group->kept += best->count;
	}
	if (needs->min_bytes < group->shortest)
		group->shortest = needs->min_bytes;
	needs->factors_count = group->mark.factors;
	needs->literals_count = group->mark.literals + group->kept;
	needs->min_bytes = group->mark.min_bytes;
	prefix_back(parse, &group->mark);
	parse->prefix_open = false;
}

/* What stood before the group is a factor of its own, then there are the alternatives'. */
static void end_alternatives(struct parse *parse, struct alternatives *group)
{
	struct pattern_needs *needs = parse->needs;
	size_t before = group->mark.text - group->mark.run;

	needs->min_bytes = group->shortest;
	if (!group->each)
		needs->literals_count = group->mark.literals;
	else if (needs->factors_count < PATTERN_FACTORS_MAX)
		needs->factors[needs->factors_count++] = (struct pattern_factor){
			(uint16_t)group->mark.literals, (uint16_t)group->kept};
	if (before > 1 && needs->factors_count < PATTERN_FACTORS_MAX &&
	    needs->literals_count < PATTERN_LITERALS_MAX) {
		needs->factors[needs->factors_count++] =
			(struct pattern_factor){(uint16_t)needs->literals_count, 1};
		needs->literals[needs->literals_count++] =
			(struct pattern_literal){(uint16_t)group->mark.run, (uint16_t)before};
	}
}

/* Groups */

/* A group that holds something, from behind what opened it. */
static void read_group(struct parse *parse)
{
	struct mark mark = mark_here(parse);
	struct count count;
	uint64_t inside;

	read_alternatives(parse);
	if (parse->failed || parse->at == parse->end) {
		parse->failed = true;
		return;
	}
	parse->at++;
	count = read_count(parse);
	if (count.least == 1 && count.most == 1)
		return;
	inside = parse->needs->min_bytes - mark.min_bytes;
	if (!count.least)
		back_to(parse, &mark);
	else
		add_min_bytes(parse, inside * (count.least - 1));
	end_run(parse);
	parse->prefix_open = false;
}

static void read_lookaround(struct parse *parse)
{
	struct mark mark = mark_here(parse);

	/* Its inside must not go on with the run outside: (?<=a) stands for another place. */
	parse->run = parse->needs->text_bytes;
	parse->prefix_open = false;
	read_alternatives(parse);
	if (parse->failed || parse->at == parse->end) {
		parse->failed = true;
		return;
	}
	parse->at++;
	(void)read_count(parse);
	back_to(parse, &mark);
}

/* (?i) or (?i:...), from behind the question mark. False: it is something else. */
static bool read_options(struct parse *parse, bool *ret_group)
{
	const uint8_t *at = parse->at;
	bool off = false;

	for (; at < parse->end && *at != ')' && *at != ':'; at++) {
		if (!is_one_of(*at, "imsJU-x") || (*at == 'x' && !off))
			return false;
		off |= *at == '-';
	}
	if (at == parse->end)
		return false;
	*ret_group = *at == ':';
	parse->at = at + 1;
	return true;
}

/* <name> or 'name', from its first sign. */
static bool skip_name(struct parse *parse)
{
	const uint8_t *close;

	if (parse->at == parse->end || !is_one_of(*parse->at, "<'"))
		return false;
	close = memchr(parse->at + 1, *parse->at == '<' ? '>' : '\'',
		       (size_t)(parse->end - parse->at) - 1);
	if (!close)
		return false;
	parse->at = close + 1;
	return true;
}

static bool skip(struct parse *parse, const char *text)
{
	if (!starts_with(parse, text))
		return false;
	parse->at += strlen(text);
	return true;
}

/* From behind "(?". */
static void read_special_group(struct parse *parse)
{
	bool is_group = true;

	if (skip(parse, "=") || skip(parse, "!") || skip(parse, "<=") || skip(parse, "<!"))
		read_lookaround(parse);
	else if (skip(parse, ":") || skip(parse, ">") || skip(parse, "|"))
		read_group(parse);
	else if (skip(parse, "P<") ? (parse->at--, skip_name(parse)) : skip_name(parse))
		read_group(parse);
	else if (!read_options(parse, &is_group))
		parse->failed = true;
	else if (is_group)
		read_group(parse);
}

static void read_parenthesis(struct parse *parse)
{
	if (++parse->nested > PATTERN_NESTED_MAX || starts_with(parse, "(*")) {
		parse->failed = true;
		return;
	}
	if (skip(parse, "(?")) {
		read_special_group(parse);
	} else {
		parse->at++;
		read_group(parse);
	}
	parse->nested--;
}

/* ^ as the very first thing holds the match to the subject's begin. */
static void read_caret(struct parse *parse)
{
	bool first = !parse->begun && !parse->nested;
	struct count count;

	parse->at++;
	count = read_count(parse);
	if (first && count.least)
		parse->prefix_open = true;
	parse->begun = true;
}

static void read_item(struct parse *parse)
{
	uint8_t byte = *parse->at;

	if (byte == '^') {
		read_caret(parse);
		return;
	}
	if (byte == '(') {
		/* Options do not count as a beginning, but for m: with it, ^ is of any line. */
		bool options = starts_with(parse, "(?i)") || starts_with(parse, "(?s)");

		parse->begun |= !options;
		read_parenthesis(parse);
		return;
	}
	parse->begun = true;
	if (byte == '\\') {
		read_escape(parse);
	} else if (byte == '[') {
		read_class(parse);
	} else if (byte == '$') {
		parse->at++;
		(void)read_count(parse);
	} else if (is_one_of(byte, "*+?")) {
		parse->failed = true;
	} else {
		parse->at++;
		add_one_byte(parse,
			     byte == '.' ? (struct one_byte){0, 0}
					 : (struct one_byte){0xff, pattern_fold(byte)},
			     read_count(parse));
	}
}

/* Bytes that do not stand for themselves. */
static const bool special[256] = {
	['\\'] = true, ['^'] = true, ['$'] = true, ['.'] = true, ['['] = true, ['|'] = true,
	['('] = true,  [')'] = true, ['?'] = true, ['*'] = true, ['+'] = true, ['{'] = true,
};

/* Most of most patterns: what stands for itself, all at once. The last of such bytes may
 * have a count, and is left to read_item(). */
static void read_plain(struct parse *parse)
{
	const uint8_t *from = parse->at, *to = from;

	while (to < parse->end && !special[*to])
		to++;
	if (to < parse->end && to > from && *to != '\\' && *to != '.' && *to != '[')
		to--;
	parse->begun |= to > from;
	add_min_bytes(parse, (size_t)(to - from));
	for (; parse->prefix_open && parse->at < to; parse->at++) {
		add_to_prefix(parse, (struct one_byte){0xff, pattern_fold(*parse->at)});
		add_to_run(parse, pattern_fold(*parse->at));
	}
	for (; parse->at < to; parse->at++)
		add_to_run(parse, pattern_fold(*parse->at));
}

/* To the closing parenthesis, or the end. */
static void read_alternatives(struct parse *parse)
{
	struct alternatives group = {
		.mark = mark_here(parse), .each = true, .shortest = UINT32_MAX};
	bool several = false;

	for (;;) {
		read_plain(parse);
		skip_comments(parse);
		if (parse->failed || parse->at == parse->end || *parse->at == ')')
			break;
		if (*parse->at != '|') {
			read_item(parse);
			continue;
		}
		parse->at++;
		parse->begun = several = true;
		end_alternative(parse, &group);
	}
	if (!several)
		return;
	end_alternative(parse, &group);
	end_alternatives(parse, &group);
}

void pattern_parse(const uint8_t *pattern, size_t bytes, struct pattern_needs *ret_needs)
{
	struct parse parse = {.at = pattern, .end = pattern + bytes, .needs = ret_needs};

	/* Not the tables, which are kilobytes and counted. */
	memset(ret_needs, 0, offsetof(struct pattern_needs, factors));
	read_alternatives(&parse);
	end_run(&parse);
	ret_needs->known = !parse.failed && parse.at == parse.end;
	if (!ret_needs->known)
		memset(ret_needs, 0, offsetof(struct pattern_needs, factors));
}
