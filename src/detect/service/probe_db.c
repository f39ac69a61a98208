#include "detect/service/probe_db.h"

#include "detect/service/builtin.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

bool port_ranges_has(const struct port_ranges *set, uint16_t port)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].last < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->count && set->ranges[low].first <= port;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int keep_files(struct probe_db *db, const struct text_file *texts, size_t count)
{
	size_t i;

	db->files = arena_alloc(&db->arena, count * sizeof(*db->files));
	if (!db->files)
		return ERROR_MEMORY;
	for (i = 0; i < count; i++)
		if (!(db->files[i] = arena_strdup(&db->arena, last_part(texts[i].name))))
			return ERROR_MEMORY;
	db->files_count = count;
	return 0;
}

static int check_size(const struct text_file *texts, size_t count, struct diag *diag)
{
	size_t i, all = 0;

	for (i = 0; i < count; i++) {
		if (texts[i].bytes > PROBE_TEXT_MAX - all)
			return diag_set(diag, ERROR_LIMIT, "%.200s: more than %u MiB of probes",
					texts[i].name, PROBE_TEXT_MAX >> 20);
		all += texts[i].bytes;
	}
	if (count > UINT16_MAX)
		return diag_set(diag, ERROR_LIMIT, "more than %u files of probes", UINT16_MAX);
	return 0;
}

static int read_texts(struct probe_build *build, size_t count)
{
	size_t i;
	int r = keep_files(build->db, build->texts, count);

	for (i = 0; r == 0 && i < count; i++)
		r = probe_parse_text(build, (uint16_t)i);
	return r < 0 ? r : probe_build_finish(build);
}

int probe_db_parse(const struct text_file *texts, size_t count, enum probe_manner manner,
		   struct probe_db **ret_db, struct diag *diag)
{
	struct probe_build build = {.diag = diag, .texts = texts};
	int r = check_size(texts, count, diag);

	if (r < 0)
		return r;
	if (!(build.db = alloc_zero(sizeof(*build.db))))
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	build.db->manner = manner;
	r = read_texts(&build, count);
	probe_build_release(&build);
	if (r < 0) {
		probe_db_free(build.db);
		return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
	}
	*ret_db = build.db;
	return 0;
}

int probe_db_builtin(struct probe_db **ret_db)
{
	return probe_db_parse(builtin_services, builtin_services_count, MANNER_BEST, ret_db, NULL);
}

void probe_db_free(struct probe_db *db)
{
	if (!db)
		return;
	arena_release(&db->arena);
	alloc_free(db);
}

enum probe_manner probe_db_manner(const struct probe_db *db)
{
	return db->manner;
}

size_t probe_db_probes(const struct probe_db *db)
{
	return db->probes_count;
}

const struct service_probe *probe_db_probe(const struct probe_db *db, size_t place)
{
	return &db->probes[place];
}

const struct service_probe *probe_db_find(const struct probe_db *db, enum transport transport,
					  const char *name)
{
	size_t i;

	for (i = 0; i < db->probes_count; i++)
		if (db->probes[i].transport == transport && strcmp(db->probes[i].name, name) == 0)
			return &db->probes[i];
	return NULL;
}

const struct service_probe *probe_db_null(const struct probe_db *db)
{
	return db->null_probe;
}

size_t probe_db_lines(const struct probe_db *db)
{
	return db->lines_count;
}

const struct match_line *probe_db_line(const struct probe_db *db, size_t id)
{
	return &db->lines[id];
}

const char *probe_db_file(const struct probe_db *db, size_t file)
{
	return db->files[file];
}

bool probe_db_excludes(const struct probe_db *db, enum transport transport, uint16_t port)
{
	return db->excluded && portset_has(&db->excluded->of[transport], port);
}

static int name_order(const void *name, const void *element)
{
	return strcmp(name, *(const char *const *)element);
}

bool service_probe_knows(const struct service_probe *probe, const char *service)
{
	return probe->services_count &&
	       bsearch(service, probe->services, probe->services_count, sizeof(char *), name_order);
}

bool match_line_is_tunnel(const struct match_line *line)
{
	return !line->soft && !line->tunnel &&
	       (!strcmp(line->service, "ssl") || !strcmp(line->service, "dtls"));
}
