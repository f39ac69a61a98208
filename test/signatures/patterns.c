/* How a pattern is built, read without compiling it: enough of PCRE2's
 * grammar to see quantifiers and what they repeat. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "signatures.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX    64
#define TORMENT_SIZE 4096
#define NEARLY_SIZE  1024

/* One thing of a pattern that a quantifier may follow. */
enum atom_kind { ATOM_NONE, ATOM_BYTE, ATOM_ANY, ATOM_CLASS, ATOM_GROUP };

struct scan {
	const char *at, *end;
	bool dot_all;
	enum atom_kind kind; /* of the last atom */
	uint8_t byte;        /* that it matches, one of them */
	bool crosses_lines;  /* the atom matches LF */
	int depth;
	bool loops[DEPTH_MAX]; /* by depth: an endless repetition is inside */
	bool group_loops;      /* the same for the group that was just closed */
	const char *fault;
	struct buf literal; /* the run of bytes that stand as they are */
	struct buf prefix;  /* a text that matches up to here, first alternatives only ... */
	struct buf brief;   /* ... and one where endless repetitions are of one byte */
	struct buf longest; /* the longest literal */
};

static int hex(const struct scan *scan, size_t at)
{
	char digits[3] = {0};

	if ((size_t)(scan->end - scan->at) < at + 2)
		return 0;
	memcpy(digits, scan->at + at, 2);
	return (int)strtol(digits, NULL, 16);
}

/* What a class letter (\d, \S ...) matches, for example; 0 when it is none. */
static uint8_t class_example(char letter, bool *ret_crosses)
{
	static const char letters[] = "dwshvDWSHVRNX", examples[] = "1a  \n!-a!a\naa";
	const char *found = strchr(letters, letter);

	*ret_crosses = letter && strchr("svDWHRX", letter);
	return found && letter ? (uint8_t)examples[found - letters] : 0;
}

static void atom(struct scan *scan, enum atom_kind kind, uint8_t byte, bool crosses_lines)
{
	scan->kind = kind;
	scan->byte = byte;
	scan->crosses_lines = crosses_lines;
}

static void end_literal(struct scan *scan)
{
	if (scan->literal.len > scan->longest.len) {
		buf_clear(&scan->longest);
		buf_add(&scan->longest, scan->literal.data, scan->literal.len);
	}
	buf_clear(&scan->literal);
}

static void scan_escape(struct scan *scan)
{
	static const char letters[] = "nrtfeav0", bytes[] = "\n\r\t\f\x1b\a\v\0";
	const char *found;
	char letter;
	uint8_t example;
	bool crosses;

	scan->at++;
	letter = scan->at < scan->end ? *scan->at++ : '\0';
	found = letter ? strchr(letters, letter) : NULL;
	example = class_example(letter, &crosses);
	if (letter == 'x') {
		atom(scan, ATOM_BYTE, (uint8_t)hex(scan, 0), false);
		scan->at += scan->end - scan->at < 2 ? scan->end - scan->at : 2;
	} else if (letter && strchr("bBAzZG", letter)) {
		scan->kind = ATOM_NONE;
	} else if (example) {
		atom(scan, ATOM_CLASS, example, crosses);
	} else {
		atom(scan, ATOM_BYTE, found ? (uint8_t)bytes[found - letters] : (uint8_t)letter,
		     false);
	}
}

/* Does the class hold LF? Told from its text: a negated one does unless it names LF. */
static void scan_class(struct scan *scan)
{
	const char *begin = ++scan->at;
	bool negated = begin < scan->end && *begin == '^', names_lf = false, wide = false;
	uint8_t example = 0;
	bool crosses;

	scan->at += negated;
	if (scan->at < scan->end && *scan->at == ']')
		scan->at++;
	for (; scan->at < scan->end && *scan->at != ']'; scan->at++) {
		if (*scan->at == '\\' && scan->at + 1 < scan->end) {
			char letter = *++scan->at;
			uint8_t inside = class_example(letter, &crosses);

			wide |= crosses;
			names_lf |= letter == 'n' || (letter == 'x' && hex(scan, 1) == '\n');
			if (letter == 'x')
				inside = (uint8_t)hex(scan, 1);
			example = example ? example : inside ? inside : (uint8_t)letter;
		} else if (*scan->at == '[' && scan->at + 1 < scan->end && scan->at[1] == ':') {
			while (scan->at + 1 < scan->end && *scan->at != ']')
				scan->at++;
			example = example ? example : 'a';
		} else if (!example) {
			example = (uint8_t)*scan->at;
		}
	}
	scan->at += scan->at < scan->end;
	atom(scan, ATOM_CLASS, negated ? (example == 'z' ? 'y' : 'z') : example,
	     negated ? !names_lf && !wide : names_lf || wide);
}

static void open_group(struct scan *scan)
{
	end_literal(scan);
	scan->kind = ATOM_NONE;
	scan->at++;
	if (scan->at < scan->end && *scan->at == '?') {
		scan->at++;
		while (scan->at < scan->end && strchr(":=!<>|ims-P'", *scan->at))
			scan->at++;
	}
	if (scan->depth + 1 < DEPTH_MAX)
		scan->loops[++scan->depth] = false;
}

static void close_group(struct scan *scan)
{
	end_literal(scan);
	scan->at++;
	scan->group_loops = scan->loops[scan->depth];
	if (scan->depth) {
		scan->depth--;
		scan->loops[scan->depth] |= scan->group_loops;
	}
	atom(scan, ATOM_GROUP, 0, false);
}

/* Takes a quantifier, if one stands here. *ret_endless: it has no upper bound. */
static bool take_quantifier(struct scan *scan, bool *ret_endless, bool *ret_possessive)
{
	const char *close;
	char first = scan->at < scan->end ? *scan->at : '\0';

	*ret_endless = first == '*' || first == '+';
	if (first == '{') {
		close = memchr(scan->at, '}', (size_t)(scan->end - scan->at));
		if (!close || scan->at[1] < '0' || scan->at[1] > '9')
			return false;
		*ret_endless = close[-1] == ',';
		scan->at = close + 1;
	} else if (*ret_endless || first == '?') {
		scan->at++;
	} else {
		return false;
	}
	*ret_possessive = scan->at < scan->end && *scan->at == '+';
	if (scan->at < scan->end && (*scan->at == '?' || *scan->at == '+'))
		scan->at++;
	return true;
}

/* Does the atom, as it is written, match the byte? */
static bool matches_byte(const char *atom_text, size_t bytes, bool dot_all, uint8_t byte)
{
	int error, r;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)atom_text, bytes, dot_all ? PCRE2_DOTALL : 0,
					 &error, &at, NULL);
	pcre2_match_data *data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;

	r = data ? pcre2_match(code, &byte, 1, 0, 0, data, NULL) : 1;
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return r >= 0;
}

/* A repetition that ends where the next byte stands, as [^\r\n]*\r has it, goes only one
 * way: it may stand within another. */
static bool has_own_end(const struct scan *scan, const char *atom_text, size_t bytes)
{
	struct scan next = *scan;

	if (next.at == next.end || strchr("[().|^$*+?{", *next.at))
		return false;
	if (*next.at == '\\')
		scan_escape(&next);
	else
		atom(&next, ATOM_BYTE, (uint8_t)*next.at, false);
	return next.kind == ATOM_BYTE && !matches_byte(atom_text, bytes, scan->dot_all, next.byte);
}

static void note_loop(struct scan *scan, bool anchored, bool own_end)
{
	if (scan->kind == ATOM_GROUP && scan->group_loops)
		scan->fault = "an endless repetition (* + {n,}) stands within another, and does "
			      "not end by "
			      "itself as [^\\r\\n]*\\r does";
	if (!anchored && scan->kind != ATOM_GROUP && scan->crosses_lines)
		scan->fault = "it is not anchored (^), and repeats without end what goes beyond "
			      "a line: anchor it, exclude \\n, or bound it as in {0,64}";
	scan->loops[scan->depth] |= !own_end;
}

/* What stands next: an atom, or something between atoms. */
static void scan_atom(struct scan *scan)
{
	switch (*scan->at) {
	case '\\':
		scan_escape(scan);
		break;
	case '[':
		scan_class(scan);
		break;
	case '(':
		open_group(scan);
		break;
	case ')':
		close_group(scan);
		break;
	case '.':
		scan->at++;
		atom(scan, ATOM_ANY, 'z', scan->dot_all);
		break;
	case '|':
	case '^':
	case '$':
		end_literal(scan);
		scan->kind = ATOM_NONE;
		scan->at++;
		break;
	default:
		atom(scan, ATOM_BYTE, (uint8_t)*scan->at++, false);
	}
}

static void scan_step(struct scan *scan, bool anchored)
{
	bool endless, possessive = false;
	const char *text = scan->at;
	size_t bytes;

	scan_atom(scan);
	bytes = (size_t)(scan->at - text);
	if (scan->kind == ATOM_NONE)
		return;
	if (!take_quantifier(scan, &endless, &possessive)) {
		if (scan->kind == ATOM_BYTE)
			buf_add_char(&scan->literal, (char)scan->byte);
		else
			end_literal(scan);
		endless = false;
	} else {
		end_literal(scan);
	}
	if (endless && !possessive)
		note_loop(scan, anchored,
			  scan->kind != ATOM_GROUP && has_own_end(scan, text, bytes));
	if (scan->kind != ATOM_GROUP) {
		buf_add_repeat(&scan->prefix, (char)scan->byte, endless ? 200 : 1);
		buf_add_char(&scan->brief, (char)scan->byte);
	}
}

static void scan_pattern(struct scan *scan, const char *pattern, size_t bytes, bool anchored)
{
	scan->at = pattern;
	scan->end = pattern + bytes;
	while (scan->at < scan->end)
		scan_step(scan, anchored);
	end_literal(scan);
}

static void scan_release(struct scan *scan)
{
	buf_release(&scan->literal);
	buf_release(&scan->prefix);
	buf_release(&scan->brief);
	buf_release(&scan->longest);
}

const char *pattern_fault(const char *pattern, size_t bytes, bool anchored, bool dot_all)
{
	struct scan scan = {.dot_all = dot_all};

	scan_pattern(&scan, pattern, bytes, anchored);
	scan_release(&scan);
	return scan.fault;
}

static void fill(struct buf *text, const struct buf *piece, size_t bytes)
{
	while (piece->len && text->len < bytes)
		buf_add(text, piece->data, piece->len);
}

/* All of the pattern but its last byte, again and again; the last byte at the end, where it
 * fits nothing. Two endless repetitions in a row, as in Server: x.*<title>, take a time that
 * grows with the square of the text: that is still fine. Three are not. */
static void nearly(struct buf *text, struct buf *brief)
{
	char last = brief->len ? (char)brief->data[brief->len - 1] : 'x';

	buf_cut(brief, brief->len ? brief->len - 1 : 0);
	buf_add_char(brief, '~');
	fill(text, brief, NEARLY_SIZE);
	buf_add_char(text, last);
}

bool pattern_torment(const char *pattern, size_t bytes, size_t which, struct buf *ret_text)
{
	static const char fillers[] = "a1 \n.-/<"; /* and the NUL */
	struct scan scan = {0};

	scan_pattern(&scan, pattern, bytes, true);
	if (which < sizeof(fillers)) { /* begins well, then one byte for ever */
		buf_add(ret_text, scan.prefix.data, scan.prefix.len / 2);
		buf_add_repeat(ret_text, fillers[which], TORMENT_SIZE);
	} else if (which == sizeof(fillers)) {
		fill(ret_text, &scan.prefix, TORMENT_SIZE);
	} else if (which == sizeof(fillers) + 1) {
		nearly(ret_text, &scan.brief);
	} else if (which == sizeof(fillers) + 2) {
		fill(ret_text, &scan.longest, TORMENT_SIZE);
	}
	scan_release(&scan);
	return which <= sizeof(fillers) + 2;
}
