/* Reads the three tables of names: nmap-services (and our data/ports.tsv,
 * which is in that grammar), /etc/services, and nmap-protocols (and our
 * data/protocols.tsv). All are lines of words; what does not scan is ignored,
 * as their readers have always done, except a wrong frequency: that would
 * silently change which ports are scanned. */
#include "net/services.h"

#include "net/builtin.h"
#include "net/services_table.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/files.h"

#include <string.h>
#include <strings.h>

#define NAME_BYTES 127
#define FILE_BYTES (64u << 20)

/* One line, eaten from the left. */
struct line {
	const char *start, *at, *end;
	unsigned number;
};

struct word {
	const char *at;
	size_t bytes;
};

static bool is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool next_line(struct line *line, const char **text, const char *end)
{
	const char *feed;

	if (*text == end)
		return false;
	feed = memchr(*text, '\n', (size_t)(end - *text));
	line->start = line->at = *text;
	line->end = feed ? feed : end;
	line->number++;
	*text = feed ? feed + 1 : end;
	return true;
}

static struct word take_word(struct line *line)
{
	struct word word;

	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	word.at = line->at;
	while (line->at < line->end && !is_blank(*line->at))
		line->at++;
	word.bytes = (size_t)(line->at - word.at);
	return word;
}

/* A decimal number up to `most`, with nothing said of what follows it. */
static bool take_number(struct line *line, uint32_t most, uint16_t *ret_number)
{
	uint32_t number = 0;

	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	if (line->at == line->end || !is_digit(*line->at))
		return false;
	for (; line->at < line->end && is_digit(*line->at); line->at++)
		if ((number = number * 10 + (uint32_t)(*line->at - '0')) > most)
			return false;
	*ret_number = (uint16_t)number;
	return true;
}

/* A name is shown to people as it stands, so it holds no control bytes. */
static bool take_name(struct line *line, struct word *ret_name)
{
	struct word name = take_word(line);

	if (!name.bytes || *name.at == '#' || name.bytes > NAME_BYTES)
		return false;
	for (size_t i = 0; i < name.bytes; i++)
		if ((unsigned char)name.at[i] < ' ' || name.at[i] == 0x7f)
			return false;
	*ret_name = name;
	return true;
}

static bool take_transport(struct line *line, enum transport *ret_transport)
{
	struct word word = take_word(line);

	for (int i = TRANSPORT_TCP; i <= TRANSPORT_SCTP; i++) {
		const char *name = transport_name((enum transport)i);

		if (word.bytes == strlen(name) && !strncasecmp(word.at, name, word.bytes)) {
			*ret_transport = (enum transport)i;
			return true;
		}
	}
	return false;
}

/* Digits as a number, at most 18 of them; gives how many it read. */
static size_t read_digits(struct word word, double *ret_value)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < word.bytes && i < 18 && is_digit(word.at[i]); i++)
		value = value * 10 + (uint64_t)(word.at[i] - '0');
	*ret_value = (double)value;
	return i;
}

static struct word word_after(struct word word, size_t bytes)
{
	return (struct word){word.at + bytes, word.bytes - bytes};
}

static bool read_fraction(struct word word, double *ret_frequency)
{
	double above, below;
	size_t digits = read_digits(word, &above);

	if (!digits || digits == word.bytes || word.at[digits] != '/')
		return false;
	if (!read_digits(word_after(word, digits + 1), &below) || below <= 0 || above > below)
		return false;
	*ret_frequency = above / below;
	return true;
}

/* "0.ddd". Not strtod(): its decimal point depends on the user's locale. Both
 * numbers are exact up to 15 digits, so the quotient is rounded once. */
static double read_decimal(struct word word)
{
	double above, below = 1;
	size_t digits = read_digits(word_after(word, 2), &above);

	while (digits--)
		below *= 10;
	return above / below;
}

/* 0 when there is none; *ret_given tells whether there was one. */
static int parse_frequency(struct line *line, double *ret_frequency, bool *ret_given,
			   struct diag *diag)
{
	struct word word = take_word(line);

	*ret_frequency = 0;
	*ret_given = false;
	if (!word.bytes || *word.at == '#')
		return 0;
	*ret_given = true;
	if (memchr(word.at, '/', word.bytes)) {
		if (read_fraction(word, ret_frequency))
			return 0;
		return diag_set_at(diag, ERROR_SYNTAX, line->number,
				   (unsigned)(word.at - line->start) + 1,
				   "\"%.*s\" is no frequency: write n/d with n at most d, or 0.ddd",
				   word.bytes > 60 ? 60 : (int)word.bytes, word.at);
	}
	if (word.bytes >= 2 && word.at[0] == '0' && word.at[1] == '.')
		*ret_frequency = read_decimal(word);
	else
		*ret_given = false;
	return 0;
}

static int parse_service(struct services *services, struct line *line, struct diag *diag)
{
	enum transport transport;
	struct word name;
	double frequency;
	uint16_t port;
	bool given;
	int r;

	if (!take_name(line, &name) || !take_number(line, UINT16_MAX, &port) ||
	    line->at == line->end || *line->at++ != '/' || !take_transport(line, &transport))
		return 0;
	if ((r = parse_frequency(line, &frequency, &given, diag)) < 0)
		return r;
	if (given)
		services->old_style = false;
	return service_table_add(&services->of[transport], port, name.at, name.bytes, frequency);
}

static bool has_name(const struct service_table *table, struct word name)
{
	for (uint32_t i = 0; i < table->count; i++) {
		const char *known = (const char *)table->names.data + table->rows[i].name;

		if (!strncmp(known, name.at, name.bytes) && !known[name.bytes])
			return true;
	}
	return false;
}

/* Blank lines and comments are no protocols either, but nothing to report. */
static int parse_protocol(struct service_table *table, struct line *line, struct diag *diag)
{
	struct word name;
	uint16_t number;
	struct line rest = *line;
	struct word first = take_word(&rest);

	if (!first.bytes || *first.at == '#')
		return 0;
	if (!take_name(line, &name) || !take_number(line, 255, &number) ||
	    (line->at < line->end && !is_blank(*line->at))) {
		if (diag && !diag->line)
			diag_set_at(diag, 0, line->number, 1,
				    "line skipped: write a name, blanks and a number up to 255");
		return 0;
	}
	/* At most 256 rows: looking through them is nothing. */
	if (has_name(table, name))
		return 0;
	return service_table_add(table, number, name.at, name.bytes, 0);
}

int services_parse_protocols(struct services *services, const void *text, size_t bytes,
			     struct diag *diag)
{
	struct service_table *table = alloc_zero(sizeof(*table));
	const char *at = bytes ? text : "", *end = at + bytes;
	struct line line = {0};
	int r = table ? 0 : ERROR_MEMORY;

	if (diag)
		*diag = (struct diag){0};
	while (!r && next_line(&line, &at, end))
		r = parse_protocol(table, &line, diag);
	if (!r && !(r = service_table_finish(table))) {
		service_table_release(&services->of[TRANSPORT_IP]);
		services->of[TRANSPORT_IP] = *table;
	} else if (table) {
		service_table_release(table);
	}
	alloc_free(table);
	return r;
}

int services_parse(const void *text, size_t bytes, struct services **ret_services,
		   struct diag *diag)
{
	struct services *services = alloc_zero(sizeof(*services));
	const char *at = bytes ? text : "", *end = at + bytes;
	struct line line = {0};
	int r = 0;

	if (!services)
		return ERROR_MEMORY;
	services->old_style = true;
	while (!r && next_line(&line, &at, end))
		r = parse_service(services, &line, diag);
	for (int i = TRANSPORT_TCP; !r && i <= TRANSPORT_SCTP; i++)
		r = service_table_finish(&services->of[i]);
	if (!r)
		r = services_parse_protocols(services, builtin_protocols_tsv,
					     builtin_protocols_tsv_bytes, NULL);
	if (r)
		services_free(services);
	else
		*ret_services = services;
	return r;
}

int services_builtin(struct services **ret_services)
{
	return services_parse(builtin_ports_tsv, builtin_ports_tsv_bytes, ret_services, NULL);
}

int services_load(const char *path, struct services **ret_services, struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r = file_read(path, FILE_BYTES, &text, diag);

	if (!r)
		r = services_parse(text.data, text.len, ret_services, diag);
	buf_release(&text);
	return r;
}

int services_load_protocols(struct services *services, const char *path, struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r = file_read(path, FILE_BYTES, &text, diag);

	if (!r)
		r = services_parse_protocols(services, text.data, text.len, diag);
	buf_release(&text);
	return r;
}
