/* Writes strings that a pattern may match: takes one way through it at random. Knows nothing of
 * src/: it checks what src/ says of patterns. Not all it writes does match; PCRE2 decides. */
#ifndef PORTOLAN_TEST_PATTERN_SAMPLE_H
#define PORTOLAN_TEST_PATTERN_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct sample {
	const uint8_t *at, *end;
	uint8_t *out;
	size_t used, room;
	uint64_t random;
	unsigned depth;
	bool caseless;
	bool least; /* as few of everything as may be */
	struct {
		size_t from, to;
	} groups[10];
	unsigned groups_count;
};

static inline uint32_t sample_random(struct sample *sample, uint32_t below)
{
	sample->random = sample->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(sample->random >> 33) % below;
}

static inline void sample_put(struct sample *sample, uint8_t byte)
{
	bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';

	if (sample->caseless && letter && sample_random(sample, 2))
		byte ^= 0x20;
	if (sample->used < sample->room)
		sample->out[sample->used++] = byte;
}

static inline int sample_hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static inline bool sample_in_class(uint8_t kind, uint8_t byte)
{
	bool digit = byte >= '0' && byte <= '9';
	bool word = digit || byte == '_' || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
	bool blank = byte == ' ' || (byte >= 9 && byte <= 13);

	switch (kind) {
	case 'd':
		return digit;
	case 'w':
		return word;
	case 's':
		return blank;
	case 'h':
		return byte == ' ' || byte == 9 || byte == 0xa0;
	case 'v':
		return (byte >= 10 && byte <= 13) || byte == 0x85;
	case 'D':
		return !digit;
	case 'W':
		return !word;
	case 'S':
		return !blank;
	default:
		return true;
	}
}

/* From behind a backslash: a byte (true), or a kind of bytes. */
static inline bool sample_escape(struct sample *s, uint8_t *ret)
{
	uint8_t c = s->at < s->end ? *s->at++ : 0;
	int digits = 0, digit;

	*ret = c;
	switch (c) {
	case 'n':
		*ret = '\n';
		return true;
	case 'r':
		*ret = '\r';
		return true;
	case 't':
		*ret = '\t';
		return true;
	case 'f':
		*ret = '\f';
		return true;
	case 'a':
		*ret = 7;
		return true;
	case 'e':
		*ret = 27;
		return true;
	case '0':
		for (*ret = 0; digits < 2 && s->at < s->end && *s->at >= '0' && *s->at <= '7';
		     digits++)
			*ret = (uint8_t)(*ret * 8 + (*s->at++ - '0'));
		return true;
	case 'x':
		for (*ret = 0; digits < 2 && s->at < s->end && (digit = sample_hex(*s->at)) >= 0;
		     digits++, s->at++)
			*ret = (uint8_t)(*ret * 16 + digit);
		return true;
	default:
		return !((c >= '1' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
	}
}

static inline void sample_set_class(struct sample *s, bool set[256])
{
	bool negated = false, first = true, single;
	uint8_t item, last = 0;
	bool has_last = false;
	int i;

	if (s->at < s->end && *s->at == '^') {
		negated = true;
		s->at++;
	}
	for (; s->at < s->end && (first || *s->at != ']'); first = false) {
		if (s->end - s->at > 3 && s->at[0] == '[' && s->at[1] == ':') {
			while (s->at < s->end && *s->at != ']')
				s->at++;
			s->at += s->at < s->end;
			for (i = 'a'; i <= 'f'; i++)
				set[i] = true;
			continue;
		}
		if (*s->at == '-' && has_last && s->end - s->at > 1 && s->at[1] != ']') {
			s->at++;
			item = *s->at++;
			if (item == '\\')
				(void)sample_escape(s, &item);
			for (i = last; i <= item; i++)
				set[i] = true;
			has_last = false;
			continue;
		}
		item = *s->at++;
		single = item != '\\' || sample_escape(s, &item) || item == 'b';
		for (i = 0; i < 256 && !single; i++)
			set[i] |= sample_in_class(item, (uint8_t)i);
		if (single)
			set[item == 'b' && s->at[-2] == '\\' ? 8 : item] = true;
		has_last = single;
		last = item;
	}
	s->at += s->at < s->end;
	for (i = 0; i < 256 && negated; i++)
		set[i] = !set[i];
}

static inline void sample_put_of(struct sample *s, const bool set[256])
{
	unsigned start = sample_random(s, 256), i;

	/* More often something that can be read. */
	if (sample_random(s, 4))
		start = 'a' + start % 26;
	for (i = 0; i < 256; i++)
		if (set[(start + i) % 256]) {
			sample_put(s, (uint8_t)((start + i) % 256));
			return;
		}
}

static inline void sample_count(struct sample *s, uint32_t *least, uint32_t *most)
{
	const uint8_t *start = s->at;
	uint32_t a = 0, b = 0;

	*least = *most = 1;
	if (s->at == s->end)
		return;
	if (*s->at == '?' || *s->at == '*' || *s->at == '+') {
		*least = *s->at == '+';
		*most = *s->at == '?' ? 1 : *least + 3;
		s->at++;
	} else if (*s->at == '{') {
		for (s->at++; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++)
			a = (a * 10 + (uint32_t)(*s->at - '0')) % 100000;
		b = a;
		if (s->at - start > 1 && s->at < s->end && *s->at == ',') {
			for (s->at++, b = 0; s->at < s->end && *s->at >= '0' && *s->at <= '9';
			     s->at++)
				b = (b * 10 + (uint32_t)(*s->at - '0')) % 100000;
			b = s->at[-1] == ',' ? a + 3 : b;
		}
		if (s->at == s->end || *s->at != '}' || s->at - start < 2) {
			s->at = start;
			return;
		}
		s->at++;
		*least = a;
		*most = b < a ? a : b;
	} else {
		return;
	}
	if (s->at < s->end && (*s->at == '?' || *s->at == '+'))
		s->at++;
}

static inline void sample_alternatives(struct sample *s, bool write);

/* Past a group's closing parenthesis. */
static inline void sample_skip(struct sample *s)
{
	struct sample copy = *s;

	copy.room = copy.used;
	copy.depth = s->depth;
	sample_alternatives(&copy, false);
	s->at = copy.at;
	s->at += s->at < s->end;
}

static inline void sample_group(struct sample *s)
{
	const uint8_t *inside;
	unsigned number = 0;
	bool look = false, plain = true;
	uint32_t least, most, times;
	const uint8_t *behind;
	size_t from;

	if (s->at < s->end && *s->at == '?') {
		plain = false;
		s->at++;
		if (s->at < s->end && (*s->at == '=' || *s->at == '!')) {
			look = true;
			s->at++;
		} else if (s->at < s->end && (*s->at == ':' || *s->at == '>' || *s->at == '|')) {
			s->at++;
		} else if (s->end - s->at > 1 && s->at[0] == '<' &&
			   (s->at[1] == '=' || s->at[1] == '!')) {
			look = true;
			s->at += 2;
		} else if (s->at < s->end && *s->at == '#') {
			while (s->at < s->end && *s->at != ')')
				s->at++;
			s->at += s->at < s->end;
			return;
		} else {
			while (s->at < s->end && *s->at != ')' && *s->at != ':' && *s->at != '>') {
				s->caseless |= *s->at == 'i';
				s->at++;
			}
			if (s->at < s->end && *s->at++ == ')')
				return;
		}
	}
	if (plain && s->groups_count < 9)
		number = ++s->groups_count;
	inside = s->at;
	sample_skip(s);
	sample_count(s, &least, &most);
	behind = s->at;
	if (look)
		return;
	times = least + (s->least ? 0 : sample_random(s, most - least + 1));
	while (times-- && s->used < s->room && s->depth < 60) {
		s->at = inside;
		from = s->used;
		s->depth++;
		sample_alternatives(s, true);
		s->depth--;
		s->groups[number].from = from;
		s->groups[number].to = s->used;
	}
	s->at = behind;
}

static inline void sample_item(struct sample *s)
{
	uint8_t c = *s->at++, byte = c;
	bool set[256] = {false}, single = true, nothing = false;
	uint32_t least, most, times, i;
	size_t k;

	if (c == '(') {
		sample_group(s);
		return;
	}
	if (c == '[') {
		sample_set_class(s, set);
		single = false;
	} else if (c == '.') {
		single = false;
		for (i = 0; i < 256; i++)
			set[i] = i != '\n';
	} else if (c == '^' || c == '$') {
		nothing = true;
	} else if (c == '\\') {
		single = sample_escape(s, &byte);
		nothing = !single && strchr("bBAZzGK", byte);
		if (!single && byte >= '1' && byte <= '9') {
			for (k = s->groups[byte - '0'].from; k < s->groups[byte - '0'].to; k++)
				sample_put(s, s->out[k]);
			nothing = true;
		}
		for (i = 0; i < 256 && !single; i++)
			set[i] = sample_in_class(byte, (uint8_t)i);
	}
	sample_count(s, &least, &most);
	times = nothing ? 0 : least + (s->least ? 0 : sample_random(s, most - least + 1));
	for (i = 0; i < times && s->used < s->room; i++) {
		if (single)
			sample_put(s, byte);
		else
			sample_put_of(s, set);
	}
}

/* To the closing parenthesis or the end, writing one of the alternatives. */
static inline void sample_alternatives(struct sample *s, bool write)
{
	const uint8_t *start = s->at;
	size_t room = s->room, used = s->used;
	unsigned count = 1, chosen, now = 0;

	if (write && s->depth < 60) {
		struct sample copy = *s;

		for (copy.room = 0; copy.at < copy.end && *copy.at != ')';) {
			if (*copy.at == '|') {
				count++;
				copy.at++;
			} else {
				copy.depth = 60;
				sample_item(&copy);
			}
		}
	}
	s->at = start;
	chosen = write ? sample_random(s, count) : count;
	s->room = chosen == now ? room : used;
	while (s->at < s->end && *s->at != ')') {
		if (*s->at == '|') {
			s->at++;
			s->room = ++now == chosen ? room : s->used;
		} else {
			sample_item(s);
		}
	}
	s->room = room;
}

/* One string, of at most `room` bytes. Gives its length. */
static inline size_t pattern_sample(const uint8_t *pattern, size_t bytes, bool caseless,
				    uint64_t seed, uint8_t *ret, size_t room)
{
	struct sample sample = {.at = pattern,
				.end = pattern + bytes,
				.out = ret,
				.room = room,
				.random = seed * 0x9e3779b97f4a7c15u + 1,
				.caseless = caseless,
				.least = seed % 3 == 0};

	sample_alternatives(&sample, true);
	return sample.used;
}

#endif
