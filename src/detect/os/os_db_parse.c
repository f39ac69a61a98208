/* The grammar of formats.md 8: lines and blocks, match points, and the names and
 * classes of entries. */
#include "detect/os/os_db_load.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define GRAMMAR_MAJOR 7u /* the newest Nmap whose file is known to be read here */
#define GRAMMAR_MINOR 99u

static bool begins(struct os_words line, const char *word)
{
	return line.bytes >= strlen(word) && memcmp(line.at, word, strlen(word)) == 0;
}

static bool is_word(struct os_words line, const char *word)
{
	return line.bytes == strlen(word) && begins(line, word);
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct os_words trimmed(struct os_words text)
{
	while (text.bytes && is_blank(text.at[text.bytes - 1]))
		text.bytes--;
	while (text.bytes && is_blank(*text.at)) {
		text.at++;
		text.bytes--;
	}
	return text;
}

static struct os_words behind(struct os_words line, size_t bytes)
{
	return (struct os_words){line.at + bytes, line.bytes - bytes};
}

static struct os_words until(struct os_words text, char stop)
{
	const char *found = text.bytes ? memchr(text.at, stop, text.bytes) : NULL;

	if (found)
		text.bytes = (size_t)(found - text.at);
	return text;
}

static int fatal(const struct os_load *load, const char *words)
{
	return diag_set_at(load->diag, ERROR_SYNTAX, load->line, 1, "%.300s, line %u: %s",
			   load->texts[load->file].name, load->line, words);
}

static void tell(const struct os_load *load, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(const struct os_load *load, const char *format, ...)
{
	char words[300], text[DIAG_TEXT_BYTES];
	va_list args;

	if (!load->say)
		return;
	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	(void)snprintf(text, sizeof(text), "%.300s, line %u: %s", load->texts[load->file].name,
		       load->line, words);
	load->say(load->self, text);
}

/* Takes back what the block has added, and passes over the rest of it. */
static int leave_out(struct os_load *load, const char *words)
{
	if (load->block == OS_BLOCK_ENTRY) {
		tell(load, "%s: the fingerprint is left out", words);
		load->db->entries.count--;
		load->db->classes.count = load->classes_before;
		load->db->cpes.count = load->cpes_before;
	} else {
		tell(load, "%s: the block is left out", words);
	}
	load->db->left_out++;
	load->block = OS_BLOCK_SKIPPED;
	return 0;
}

static int begin_points(struct os_load *load)
{
	if (load->has_points)
		return fatal(load, "MatchPoints stands once in a file");
	if (load->has_entry)
		return fatal(load, "MatchPoints must stand before the first Fingerprint");
	load->has_points = true;
	load->tests_seen = 0;
	memset(load->points, 0, sizeof(load->points));
	load->block = OS_BLOCK_POINTS;
	return 0;
}

static bool take_points(const struct os_field *field, uint16_t *ret_points)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < field->bytes && value <= OS_POINTS_MAX; i++) {
		if (field->text[i] < '0' || field->text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(field->text[i] - '0');
	}
	*ret_points = (uint16_t)value;
	return value > 0 && value <= OS_POINTS_MAX;
}

static int parse_points(struct os_load *load, struct os_words line)
{
	struct os_test_line test;
	const char *words = os_test_line_parse(line.at, line.bytes, &test);
	size_t i;

	if (words)
		return fatal(load, words);
	if (load->tests_seen & 1u << test.test)
		return fatal(load, "a test stands twice in MatchPoints");
	load->tests_seen |= 1u << test.test;
	for (i = 0; i < test.count; i++)
		if (!take_points(&test.fields[i], &load->points[test.fields[i].attribute]))
			return fatal(load, "points are a number from 1 to 10000");
	return 0;
}

/* The first block is the database's; those of other texts must say the same. */
static int end_points(struct os_load *load)
{
	struct os_db *db = load->db;

	if (!load->db_has_points) {
		memcpy(db->points, load->points, sizeof(db->points));
		load->db_has_points = true;
	} else if (memcmp(db->points, load->points, sizeof(db->points)) != 0) {
		return fatal(load, "these MatchPoints differ from those of an earlier file");
	}
	return 0;
}

static int end_block(struct os_load *load)
{
	bool points = load->block == OS_BLOCK_POINTS;

	load->block = OS_BLOCK_NONE;
	return points ? end_points(load) : 0;
}

static const char *line_fault(struct os_words line)
{
	if (line.bytes > OS_DB_LINE_MAX)
		return "the line is longer than 2047 bytes";
	return memchr(line.at, '\0', line.bytes) ? "a byte of value 0 stands in the line" : NULL;
}

static int begin_entry(struct os_load *load, struct os_words line)
{
	struct os_print_entry *entry;
	struct os_words name = trimmed(until(behind(line, strlen("Fingerprint ")), '#'));
	const char *words = line_fault(line);
	int r;

	if ((r = end_block(load)) < 0)
		return r;
	if (!load->db_has_points)
		return fatal(load, "MatchPoints must stand before the first Fingerprint");
	load->has_entry = true;
	if (words || !name.bytes)
		return leave_out(load, words ? words : "a name should stand behind Fingerprint");
	if (!(entry = OS_ADD(&load->db->entries)))
		return ERROR_MEMORY;
	load->block = OS_BLOCK_ENTRY;
	load->classes_before = load->db->classes.count;
	load->cpes_before = load->db->cpes.count;
	load->tests_seen = 0;
	load->class_place = OS_CLASS_MISSING;
	entry->line = load->line;
	entry->file = load->file;
	entry->first_class = (uint32_t)load->db->classes.count;
	entry->name = os_load_string(load, name);
	return entry->name ? 0 : ERROR_MEMORY;
}

#define CLASS_PARTS 4

static int add_class(struct os_load *load, const struct os_words part[CLASS_PARTS])
{
	struct os_print_entry *entry = &load->db->entries.all[load->db->entries.count - 1];
	struct os_class *added = OS_ADD(&load->db->classes);

	if (!added)
		return ERROR_MEMORY;
	added->vendor = os_load_string(load, part[0]);
	added->family = os_load_string(load, part[1]);
	added->generation = part[2].bytes ? os_load_string(load, part[2]) : NULL;
	added->type = os_load_string(load, part[3]);
	if (!added->vendor || !added->family || !added->type ||
	    (part[2].bytes && !added->generation))
		return ERROR_MEMORY;
	load->class_place = OS_CLASS_THERE;
	return ++entry->classes ? 0 : fatal(load, "more classes than an entry can have");
}

static int parse_class(struct os_load *load, struct os_words line)
{
	struct os_words rest = behind(line, strlen("Class ")), part[CLASS_PARTS];
	size_t i, sum = 0;

	for (i = 0; i < CLASS_PARTS; i++) {
		part[i] = i + 1 < CLASS_PARTS ? until(rest, '|') : rest;
		if (i + 1 < CLASS_PARTS && part[i].bytes == rest.bytes)
			return fatal(load, "a Class has a vendor, a family, a generation and a "
					   "device type, split by |");
		rest = behind(rest, part[i].bytes + (i + 1 < CLASS_PARTS));
		part[i] = trimmed(part[i]);
		sum += part[i].bytes;
	}
	load->class_place = OS_CLASS_EMPTY;
	return sum ? add_class(load, part) : 0;
}

/* The first word; what follows it (a flag such as "auto") says nothing of the system. */
static int parse_cpe(struct os_load *load, struct os_words line)
{
	struct os_words cpe = until(until(trimmed(behind(line, strlen("CPE "))), ' '), '\t');
	const char **added;
	struct os_class *last;

	if (load->class_place == OS_CLASS_MISSING)
		return fatal(load, "a CPE must stand below its Class");
	if (load->class_place == OS_CLASS_EMPTY || !cpe.bytes)
		return 0;
	last = &load->db->classes.all[load->db->classes.count - 1];
	if (!(added = OS_ADD(&load->db->cpes)) || !(*added = os_load_string(load, cpe)))
		return ERROR_MEMORY;
	last->cpes_count++;
	return 0;
}

static int parse_test(struct os_load *load, struct os_words line)
{
	const char *words = NULL;
	int r = os_load_test(load, line, &words);

	return r == 0 && words ? leave_out(load, words) : r;
}

static int parse_in_entry(struct os_load *load, struct os_words line)
{
	if (begins(line, "Class "))
		return parse_class(load, line);
	if (begins(line, "CPE "))
		return parse_cpe(load, line);
	return parse_test(load, line);
}

static unsigned take_number(struct os_words *text)
{
	unsigned value = 0;

	for (; text->bytes && *text->at >= '0' && *text->at <= '9'; *text = behind(*text, 1))
		if (value < 100000)
			value = value * 10 + (unsigned)(*text->at - '0');
	return value;
}

/* "This nmap-os-db requires Nmap 7.93 ...": a file may be too new for us. */
static bool is_head(const struct os_load *load, struct os_words line)
{
	const char *found;
	unsigned major, minor = 0;
	struct os_words version;

	if (load->line != 1 || !begins(line, "This nmap-os-db "))
		return false;
	if (!(found = memmem(line.at, line.bytes, "Nmap ", 5)))
		return true;
	version = behind(line, (size_t)(found - line.at) + 5);
	major = take_number(&version);
	if (version.bytes && *version.at == '.') {
		version = behind(version, 1);
		minor = take_number(&version);
	}
	if (major > GRAMMAR_MAJOR ||
	    (major == GRAMMAR_MAJOR && minor % 1000 > GRAMMAR_MINOR && minor < 100))
		tell(load, "the file is for Nmap %u.%u, which may be newer than what is known here",
		     major, minor);
	return true;
}

static int parse_between(struct os_load *load, struct os_words line)
{
	if (is_head(load, line))
		return 0;
	return leave_out(load, "Fingerprint and a name, or MatchPoints, should begin a block");
}

static int parse_in_block(struct os_load *load, struct os_words line)
{
	const char *words = line_fault(line);

	if (words)
		return load->block == OS_BLOCK_POINTS ? fatal(load, words) : leave_out(load, words);
	if (load->block == OS_BLOCK_POINTS)
		return parse_points(load, line);
	if (load->block == OS_BLOCK_ENTRY)
		return parse_in_entry(load, line);
	return is_word(line, "MatchPoints") ? begin_points(load) : parse_between(load, line);
}

static int parse_line(struct os_load *load, struct os_words line)
{
	if (line.bytes && *line.at == '#')
		return 0;
	while (line.bytes && is_blank(line.at[line.bytes - 1]))
		line.bytes--;
	if (!line.bytes)
		return end_block(load);
	if (begins(line, "Fingerprint "))
		return begin_entry(load, line);
	return load->block == OS_BLOCK_SKIPPED ? 0 : parse_in_block(load, line);
}

static int parse_text(struct os_load *load, const struct text_file *text)
{
	const char *at = text->text, *end = at + text->bytes;
	int r = 0;

	load->line = 0;
	load->has_points = load->has_entry = false;
	while (r == 0 && at < end) {
		struct os_words line = until((struct os_words){at, (size_t)(end - at)}, '\n');

		load->line++;
		r = parse_line(load, line);
		at += line.bytes + 1;
	}
	return r < 0 ? r : end_block(load);
}

/* Classes and CPEs are final now: give each class the place of its CPEs. */
static void settle_cpes(struct os_db *db)
{
	size_t i, at = 0;

	for (i = 0; i < db->classes.count; i++) {
		struct os_class *one = &db->classes.all[i];

		one->cpes = one->cpes_count ? &db->cpes.all[at] : NULL;
		at += one->cpes_count;
	}
}

static int add_file(struct os_load *load)
{
	const char *name = load->texts[load->file].name, **added = OS_ADD(&load->db->files);

	if (!added)
		return ERROR_MEMORY;
	*added = os_load_string(load, (struct os_words){name, strlen(name)});
	return *added ? 0 : ERROR_MEMORY;
}

int os_db_fill(struct os_db *db, const struct text_file *texts, size_t count, os_db_say *say,
	       void *self, struct diag *diag)
{
	struct os_load load = {.db = db, .texts = texts, .say = say, .self = self, .diag = diag};
	size_t i;
	int r = OS_ADD(&db->row_ends) ? 0 : ERROR_MEMORY; /* row 0: nothing */

	for (i = 0; r == 0 && i < count; i++) {
		load.file = (uint16_t)i;
		if ((r = add_file(&load)) == 0)
			r = parse_text(&load, &texts[i]);
	}
	os_load_release(&load);
	settle_cpes(db);
	return r;
}
