/* match_bench FILE LINES MANNER: how long it takes to load LINES signatures, and to match the
 * responses of test/support/responses.h with them: as scans do, without the filter, and without
 * machine code either. Prints one JSON object. bench/match runs it.
 *
 * FILE is a signature file, or - for none. If it has more match lines than LINES, those that
 * fit the responses are kept, and the others are thinned out evenly: few lines or many, the
 * answers are the same. What is missing is made up: banners, headers and titles with invented
 * names. MANNER is first or best. */
#include "../support/responses.h"
#include "detect/service/matcher.h"
#include "detect/service/matcher_filter.h"
#include "util/buf.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#define MATCH_WORD    "match "
#define SOFT_WORD     "softmatch "
#define LOADS         7
#define BENCH_SECONDS 0.4

struct bench {
	struct buf text, more; /* of the file; made up */
	size_t lines;
	enum probe_manner manner;
	struct response responses[RESPONSES_COUNT];
};

/* Of the processor, not of the wall: other processes count less. */
static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void die(const char *what)
{
	fprintf(stderr, "match_bench: %s\n", what);
	exit(2);
}

/* The signatures */

static bool starts_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static bool is_match_line(const char *line)
{
	return starts_with(line, MATCH_WORD) || starts_with(line, SOFT_WORD);
}

/* Which lines of the file fit responses, by their numbers. */
struct fitting {
	bool *fits;
	size_t lines, match_lines, count;
};

static struct fitting find_fitting(struct bench *bench, const char *path)
{
	struct fitting found = {0};
	struct matcher *matcher;
	struct match_result seen;
	struct diag diag = {0};
	struct probe_db *db;
	size_t i;

	if (probe_db_load(path, &db, &diag) < 0)
		die(*diag.text ? diag.text : "the signature file cannot be read");
	if (matcher_new(db, NULL, NULL, &matcher) < 0)
		die("no matcher");
	found.match_lines = probe_db_lines(db);
	for (i = 0; i < found.match_lines; i++)
		if (probe_db_line(db, i)->line > found.lines)
			found.lines = probe_db_line(db, i)->line;
	found.fits = calloc(found.lines + 1, sizeof(*found.fits));
	for (i = 0; found.fits && i < RESPONSES_COUNT; i++)
		if (matcher_match(
			    matcher, probe_db_find(db, TRANSPORT_TCP, bench->responses[i].probe),
			    bench->responses[i].data, bench->responses[i].bytes, false, &seen)) {
			found.count += !found.fits[seen.line->line];
			found.fits[seen.line->line] = true;
		}
	matcher_free(matcher);
	probe_db_free(db);
	return found;
}

/* Copies the file with at most `wanted` of its match lines. Gives how many those are. */
static size_t copy_file(struct bench *bench, const char *path, size_t wanted)
{
	struct fitting found = find_fitting(bench, path);
	size_t others = found.match_lines - found.count, seen = 0, kept = 0, room = 0, number;
	size_t quota = wanted > found.match_lines ? others : wanted - found.count;
	FILE *file = fopen(path, "r");
	char *line = NULL;
	bool keep;

	if (!file || wanted < found.count)
		die("the signature file cannot be read, or fewer lines are wanted than fit");
	for (number = 1; getline(&line, &room, file) >= 0; number++) {
		keep = !is_match_line(line) || found.fits[number];
		if (!keep) {
			keep = seen * quota / others != (seen + 1) * quota / others;
			seen++;
		}
		if (keep)
			buf_add_str(&bench->text, line);
		kept += keep && is_match_line(line);
	}
	free(line);
	fclose(file);
	free(found.fits);
	return kept;
}

/* A name that looks like a product's, another for each number. */
static const char *made_up(size_t number, char *ret_name, size_t room)
{
	static const char *const starts[] = {"Lan", "Har", "Ost", "Vel", "Quo", "Bri",
					     "Zam", "Ter", "Fel", "Nor", "Gul", "Pix",
					     "Dra", "Ser", "Mon", "Kel"};
	static const char *const ends[] = {"tern", "bour", "weg",  "dor",  "rum", "stle",
					   "bix",  "rano", "dane", "wick", "lo",  "ton",
					   "gon",  "vix",  "tis",  "p"};

	snprintf(ret_name, room, "%s%s%s%zx", starts[number % 16], ends[number / 16 % 16],
		 ends[number / 256 % 16], number / 4096);
	return ret_name;
}

static void make_up(struct buf *text, size_t number)
{
	static const char *const forms[] = {
		"match http m=^HTTP/1\\.[01] \\d\\d\\d .*\\r\\nServer: %s/([\\d.]+)\\r\\n=s p/%s/ "
		"v/$1/\n",
		"match ftp m=^220[- ]%s FTP server ([\\d.]+) ready=i p/%s/ v/$1/\n",
		"match http m=^HTTP/1\\.[01] \\d\\d\\d .*<title>%s (?:login|status)</title>=si "
		"p/%s/\n",
		"match smtp m=^220 [\\w.-]+ ESMTP %s ([\\w.]+)\\r\\n= p/%s/ v/$1/\n",
		"match unheard m=^\\x00..\\x01%s\\0([^\\0]+)\\0=s p/%s/ v/$1/\n",
		"match telnet m=%s (?:router|switch)\\r\\nlogin: $= p/%s/\n",
	};
	char name[64];
	const char *at = forms[number % 6], *mark;

	made_up(number, name, sizeof(name));
	for (; (mark = strstr(at, "%s")); at = mark + 2) {
		buf_add(text, at, (size_t)(mark - at));
		buf_add_str(text, name);
	}
	buf_add_str(text, at);
}

static void make_signatures(struct bench *bench, const char *path)
{
	size_t kept = 0, i;

	if (strcmp(path, "-") != 0)
		kept = copy_file(bench, path, bench->lines);
	else
		buf_add_str(&bench->text, "Probe TCP GetRequest q|GET / HTTP/1.0\\r\\n\\r\\n|\n");
	buf_add_str(&bench->more, "Probe TCP NULL q||\n");
	for (i = kept; i < bench->lines; i++)
		make_up(&bench->more, i);
	if (!buf_ok(&bench->text) || !buf_ok(&bench->more))
		die("out of memory");
}

/* Measuring */

static size_t heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void load(const struct bench *bench, struct probe_db **ret_db, struct matcher **ret_matcher,
		 double *ret_parse, double *ret_filter)
{
	const struct text_file texts[] = {{"file", bench->text.data, bench->text.len},
					  {"made up", bench->more.data, bench->more.len}};
	struct diag diag = {0};
	double start = now_us();

	if (probe_db_parse(texts, 2, bench->manner, ret_db, &diag) < 0)
		die(diag.text);
	*ret_parse = now_us() - start;
	start = now_us();
	if (matcher_new(*ret_db, NULL, NULL, ret_matcher) < 0)
		die("no matcher");
	*ret_filter = now_us() - start;
}

static void load_often(const struct bench *bench, double *ret_parse, double *ret_filter)
{
	double parse[LOADS], filter[LOADS];
	struct matcher *matcher;
	struct probe_db *db;
	size_t i;

	for (i = 0; i < LOADS; i++) {
		load(bench, &db, &matcher, &parse[i], &filter[i]);
		matcher_free(matcher);
		probe_db_free(db);
	}
	qsort(parse, LOADS, sizeof(*parse), by_value);
	qsort(filter, LOADS, sizeof(*filter), by_value);
	*ret_parse = parse[LOADS / 2];
	*ret_filter = filter[LOADS / 2];
}

static size_t match_all(const struct bench *bench, const struct probe_db *db,
			struct matcher *matcher)
{
	struct match_result result;
	size_t i, known = 0;

	for (i = 0; i < RESPONSES_COUNT; i++)
		known += matcher_match(
			matcher, probe_db_find(db, TRANSPORT_TCP, bench->responses[i].probe),
			bench->responses[i].data, bench->responses[i].bytes, false, &result);
	return known;
}

/* Microseconds for a response, all of it: filter, patterns, templates. */
static double measure(const struct bench *bench, const struct probe_db *db, struct matcher *matcher)
{
	double start, spent;
	size_t rounds = 0, i;

	for (i = 0; i < 4; i++) /* patterns get compiled */
		(void)match_all(bench, db, matcher);
	start = now_us();
	do {
		(void)match_all(bench, db, matcher);
		rounds++;
		spent = now_us() - start;
	} while (spent < BENCH_SECONDS * 1e6);
	return spent / (double)(rounds * RESPONSES_COUNT);
}

static double measure_filter(const struct bench *bench, const struct probe_db *db)
{
	struct matcher_filter *filter;
	size_t rounds, i;
	double spent;

	if (matcher_filter_new(db, &filter) < 0)
		die("no filter");
	for (rounds = 0, spent = now_us(); rounds < 500; rounds++)
		for (i = 0; i < RESPONSES_COUNT; i++)
			(void)matcher_filter_scan(filter, bench->responses[i].data,
						  bench->responses[i].bytes);
	spent = now_us() - spent;
	matcher_filter_free(filter);
	return spent / (double)(rounds * RESPONSES_COUNT);
}

static double candidates_each(const struct bench *bench, const struct probe_db *db,
			      struct matcher *matcher)
{
	struct matcher_stats before, after;

	matcher_stats(matcher, &before);
	(void)match_all(bench, db, matcher);
	matcher_stats(matcher, &after);
	return (double)(after.candidates - before.candidates) / RESPONSES_COUNT;
}

static void report(const struct bench *bench)
{
	double parse, filter, filtered, one_by_one, interpreted, tried;
	size_t before = heap_bytes(), loaded, used, known;
	struct matcher_stats stats;
	struct matcher *matcher;
	struct probe_db *db;

	load(bench, &db, &matcher, &parse, &filter);
	loaded = heap_bytes() - before;
	load_often(bench, &parse, &filter);
	filtered = measure(bench, db, matcher);
	known = match_all(bench, db, matcher);
	tried = candidates_each(bench, db, matcher);
	used = heap_bytes() - before;
	matcher_stats(matcher, &stats);
	matcher_without_filter(matcher);
	one_by_one = measure(bench, db, matcher);
	matcher_free(matcher);
	load(bench, &db, &matcher, &(double){0}, &(double){0});
	matcher_without_filter(matcher);
	matcher_jit_after(matcher, 0);
	interpreted = measure(bench, db, matcher);
	printf("{\"lines\": %zu, \"responses\": %zu, \"known\": %zu, \"parse_ms\": %.2f, "
	       "\"filter_ms\": %.2f, \"loaded_bytes\": %zu, \"used_bytes\": %zu, \"filter_bytes\": "
	       "%zu, "
	       "\"unfiltered\": %zu, \"tried_each\": %.2f, \"filter_us\": %.3f, \"filtered_us\": "
	       "%.3f, "
	       "\"one_by_one_us\": %.3f, \"interpreted_us\": %.3f}\n",
	       probe_db_lines(db), (size_t)RESPONSES_COUNT, known, parse / 1e3, filter / 1e3,
	       loaded, used, stats.filter_bytes, stats.unfiltered, tried, measure_filter(bench, db),
	       filtered, one_by_one, interpreted);
	matcher_free(matcher);
	probe_db_free(db);
}

int main(int argc, char **argv)
{
	static struct bench bench;
	size_t i;

	if (argc != 4)
		die("usage: match_bench FILE LINES first|best");
	bench.lines = strtoul(argv[2], NULL, 10);
	bench.manner = strcmp(argv[3], "best") == 0 ? MANNER_BEST : MANNER_FIRST;
	for (i = 0; i < RESPONSES_COUNT; i++)
		response_make(i, &bench.responses[i]);
	make_signatures(&bench, argv[1]);
	report(&bench);
	buf_release(&bench.text);
	buf_release(&bench.more);
	return 0;
}
