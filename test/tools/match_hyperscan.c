/* match_hyperscan FILE: what the prefilter would be if it were Hyperscan's (or Vectorscan's):
 * time to compile and to load, size, time for a response. For bench/match, and only where the
 * library is: it is looked for when this runs, so that nothing depends on it. Prints one JSON
 * object; exit status 77: there is no library. */
#include "../support/responses.h"
#include "detect/service/probes.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

#define NO_LIBRARY      77
#define FLAG_CASELESS   1u
#define FLAG_DOT_ALL    2u
#define FLAG_SINGLE     8u /* one report for each pattern is enough */
#define FLAG_ALLOWEMPTY 16u
#define FLAG_PREFILTER  128u
#define MODE_BLOCK      1u
#define ROUNDS          200
#define REFUSED_MAX     100

/* As the library's manual has them; only what is used here. */
struct compile_error {
	char *message;
	int expression;
};
typedef int (*on_match)(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
			void *self);

static struct {
	int (*compile)(const char *const *, const unsigned *, const unsigned *, unsigned, unsigned,
		       const void *, void **, struct compile_error **);
	int (*alloc_scratch)(const void *, void **);
	int (*scratch_size)(const void *, size_t *);
	int (*scan)(const void *, const char *, unsigned, unsigned, void *, on_match, void *);
	int (*serialize)(const void *, char **, size_t *);
	int (*deserialize)(const char *, size_t, void **);
	const char *(*version)(void);
} hs;

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void find_library(void)
{
	void *library = dlopen("libhs.so.5", RTLD_NOW);
	const struct {
		const char *name;
		void *function;
	} wanted[] = {
		{"hs_compile_multi", &hs.compile},
		{"hs_alloc_scratch", &hs.alloc_scratch},
		{"hs_scratch_size", &hs.scratch_size},
		{"hs_scan", &hs.scan},
		{"hs_serialize_database", &hs.serialize},
		{"hs_deserialize_database", &hs.deserialize},
		{"hs_version", &hs.version},
	};
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		void *found = library ? dlsym(library, wanted[i].name) : NULL;

		if (!found)
			exit(NO_LIBRARY);
		memcpy(wanted[i].function, &found, sizeof(found));
	}
}

struct patterns {
	const char **texts;
	unsigned *flags, *ids, count;
};

static struct patterns all_patterns(const char *path)
{
	struct patterns all = {0};
	struct probe_db *db = NULL;
	struct diag diag = {0};
	size_t lines, id;

	if (probe_db_load(path, &db, &diag) < 0)
		exit(2);
	lines = probe_db_lines(db);
	all.texts = calloc(lines, sizeof(*all.texts));
	all.flags = calloc(lines, sizeof(*all.flags));
	all.ids = calloc(lines, sizeof(*all.ids));
	for (id = 0; id < lines && all.texts && all.flags && all.ids; id++, all.count++) {
		const struct match_line *line = probe_db_line(db, id);

		all.texts[id] = strndup((const char *)line->pattern, line->pattern_bytes);
		all.flags[id] = FLAG_PREFILTER | FLAG_SINGLE | FLAG_ALLOWEMPTY |
				(line->caseless ? FLAG_CASELESS : 0) |
				(line->dot_all ? FLAG_DOT_ALL : 0);
		all.ids[id] = (unsigned)id;
	}
	probe_db_free(db);
	return all;
}

/* Without those that it refuses. Gives the database. */
static void *compile(struct patterns *all, unsigned *ret_refused)
{
	struct compile_error *error;
	void *database = NULL;

	for (*ret_refused = 0; *ret_refused < REFUSED_MAX; (*ret_refused)++) {
		if (hs.compile(all->texts, all->flags, all->ids, all->count, MODE_BLOCK, NULL,
			       &database, &error) == 0)
			return database;
		if (error->expression < 0)
			break;
		all->count--;
		all->texts[error->expression] = all->texts[all->count];
		all->flags[error->expression] = all->flags[all->count];
		all->ids[error->expression] = all->ids[all->count];
	}
	exit(2);
}

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		       void *self)
{
	(*(size_t *)self)++;
	return 0;
}

static double scan_all(const void *database, void *scratch, size_t *ret_candidates)
{
	static struct response response;
	double spent = 0, start;
	size_t place, round;

	for (place = 0; place < RESPONSES_COUNT; place++) {
		response_make(place, &response);
		start = now_ms();
		for (round = 0; round < ROUNDS; round++)
			hs.scan(database, (const char *)response.data, (unsigned)response.bytes, 0,
				scratch, count_match, ret_candidates);
		spent += now_ms() - start;
	}
	*ret_candidates /= ROUNDS;
	return spent * 1e3 / (ROUNDS * RESPONSES_COUNT);
}

int main(int argc, char **argv)
{
	size_t bytes = 0, scratch_bytes = 0, candidates = 0;
	void *database, *loaded = NULL, *scratch = NULL;
	double compile_ms, load_ms, scan_us;
	struct patterns all;
	char *serial = NULL;
	unsigned refused;

	find_library();
	all = all_patterns(argc > 1 ? argv[1] : "");
	compile_ms = now_ms();
	database = compile(&all, &refused);
	compile_ms = now_ms() - compile_ms;
	hs.serialize(database, &serial, &bytes);
	load_ms = now_ms();
	if (hs.deserialize(serial, bytes, &loaded) || hs.alloc_scratch(loaded, &scratch))
		return 2;
	load_ms = now_ms() - load_ms;
	hs.scratch_size(scratch, &scratch_bytes);
	scan_us = scan_all(loaded, scratch, &candidates);
	printf("{\"version\": \"%s\", \"lines\": %u, \"refused\": %u, \"compile_ms\": %.0f, "
	       "\"load_ms\": %.2f, \"database_bytes\": %zu, \"scratch_bytes\": %zu, \"filter_us\": "
	       "%.3f, "
	       "\"tried_each\": %.2f}\n",
	       hs.version(), all.count, refused, compile_ms, load_ms, bytes, scratch_bytes, scan_us,
	       (double)candidates / RESPONSES_COUNT);
	return 0;
}
