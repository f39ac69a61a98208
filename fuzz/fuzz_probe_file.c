/* Probe files. The input is cut at bytes 0x1e into the texts of a set; its first
 * byte chooses the manner. */
#include "detect/service/probes.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define TEXTS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static size_t text_sum(const char *text)
{
	return text ? strlen(text) : 0;
}

static void check_line(const struct probe_db *db, size_t id)
{
	const struct match_line *line = probe_db_line(db, id);
	size_t sum = 0, i;

	assert(line->id == id && line->line && *line->service);
	assert(line->pattern_bytes && probe_db_file(db, line->file));
	assert(!memchr(line->pattern, '\0', line->pattern_bytes));
	for (i = 0; i < MATCH_FIELDS; i++)
		sum += text_sum(line->templates[i]);
	assert(sum <= PROBE_LINE_MAX);
	if (line->finding)
		assert(*line->finding->id && line->finding->title && line->finding->why &&
		       line->finding->remedy && line->finding->confidence <= 1);
}

static void check_ranges(const struct port_ranges *set)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		assert(set->ranges[i].first <= set->ranges[i].last);
		assert(!i || set->ranges[i].first > set->ranges[i - 1].last + 1);
		assert(port_ranges_has(set, set->ranges[i].first));
	}
}

static void check_probe(const struct probe_db *db, size_t place)
{
	const struct service_probe *probe = probe_db_probe(db, place);
	size_t i;

	assert(probe->id == place && *probe->name);
	assert(probe_db_find(db, probe->transport, probe->name) == probe);
	assert(probe->rarity >= 1 && probe->rarity <= 9);
	assert((probe_db_null(db) == probe) == !probe->bytes_count);
	check_ranges(&probe->ports);
	check_ranges(&probe->ssl_ports);
	assert(probe->fallbacks_count <= PROBE_FALLBACKS_MAX);
	for (i = 0; i < probe->fallbacks_count; i++)
		assert(probe->fallbacks[i] == probe_db_probe(db, probe->fallbacks[i]->id));
	for (i = 0; i < probe->lines_count; i++)
		assert(service_probe_knows(probe, probe->lines[i].service));
	for (i = 1; i < probe->services_count; i++)
		assert(strcmp(probe->services[i - 1], probe->services[i]) < 0);
}

static size_t cut(const uint8_t *data, size_t bytes, struct text_file *texts)
{
	size_t count = 0;

	while (count < TEXTS_MAX) {
		const uint8_t *mark = bytes ? memchr(data, 0x1e, bytes) : NULL;
		size_t length = mark ? (size_t)(mark - data) : bytes;

		texts[count++] = (struct text_file){"fuzz/text", data, length};
		if (!mark)
			break;
		data = mark + 1;
		bytes -= length + 1;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct text_file texts[TEXTS_MAX];
	struct probe_db *db = NULL;
	struct diag diag = {0};
	size_t i, count = cut(data, bytes, texts);

	if (probe_db_parse(texts, count, bytes && *data == '#' ? MANNER_BEST : MANNER_FIRST, &db,
			   &diag)) {
		assert(*diag.text && !db);
		return 0;
	}
	for (i = 0; i < probe_db_probes(db); i++)
		check_probe(db, i);
	for (i = 0; i < probe_db_lines(db); i++)
		check_line(db, i);
	probe_db_free(db);
	return 0;
}
