#include "matcher_fixture.h"
#include "pattern_sample.h"
#include "responses.h"

#include "detect/service/matcher_filter.h"
#include "detect/service/matcher_pcre.h"

#include <sys/stat.h>

#define NMAP        "/usr/share/nmap/nmap-service-probes"
#define RESPONSE    2048
#define SAMPLES     6
#define EVERY_LINES 40 /* random responses are tried against all lines; those are many */

/* A database with each pattern compiled, and its filter. */
struct world {
	struct probe_db *db;
	struct matcher_filter *filter;
	struct pattern_machine *machine;
	struct pattern *patterns;
	uint64_t random;
};

static uint32_t random_below(struct world *world, uint32_t below)
{
	world->random = world->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(world->random >> 33) % below;
}

static struct world world_of(struct probe_db *db)
{
	struct world world = {.db = db, .machine = pattern_machine_new(), .random = 1};
	char why[256];
	size_t i;

	assert_non_null(world.machine);
	assert_int_equal(matcher_filter_new(db, &world.filter), 0);
	world.patterns = calloc(probe_db_lines(db) + 1, sizeof(*world.patterns));
	assert_non_null(world.patterns);
	for (i = 0; i < probe_db_lines(db); i++)
		(void)pattern_compile(world.machine, probe_db_line(db, i), &world.patterns[i], why,
				      sizeof(why));
	return world;
}

static void world_free(struct world *world)
{
	size_t i;

	for (i = 0; i < probe_db_lines(world->db); i++)
		pattern_release(&world->patterns[i]);
	free(world->patterns);
	pattern_machine_free(world->machine);
	matcher_filter_free(world->filter);
	probe_db_free(world->db);
}

static bool is_candidate(const struct world *world, size_t id)
{
	return matcher_filter_next(world->filter, id, id + 1) == id;
}

static bool matches(struct world *world, size_t id, const uint8_t *response, size_t bytes)
{
	struct match_group groups[MATCH_GROUPS];

	return world->patterns[id].code && bytes &&
	       pattern_run(world->machine, &world->patterns[id], response, bytes, groups) ==
		       PATTERN_YES;
}

static void dropped(const struct world *world, size_t id)
{
	const struct match_line *line = probe_db_line(world->db, id);

	fail_msg("%s:%u: dropped by the filter: %.*s", probe_db_file(world->db, line->file),
		 line->line, (int)line->pattern_bytes, (const char *)line->pattern);
}

/* Each line against strings made from its own pattern. Gives how many lines were matched. */
static size_t check_samples(struct world *world)
{
	uint8_t response[RESPONSE];
	size_t id, seed, bytes, matched = 0, at;
	bool any;

	for (id = 0; id < probe_db_lines(world->db); id++) {
		const struct match_line *line = probe_db_line(world->db, id);

		for (seed = 0, any = false; seed < SAMPLES; seed++) {
			bytes = pattern_sample(line->pattern, line->pattern_bytes, line->caseless,
					       seed + id * 7, response, sizeof(response));
			if (seed == SAMPLES - 1 && bytes) { /* the last with a byte changed */
				at = random_below(world, (uint32_t)bytes);
				response[at] ^= (uint8_t)(1u << random_below(world, 8));
			}
			if (!matches(world, id, response, bytes))
				continue;
			any = true;
			assert_true(matcher_filter_scan(world->filter, response, bytes));
			if (!is_candidate(world, id))
				dropped(world, id);
		}
		matched += any;
	}
	return matched;
}

/* All lines against strings made from some patterns, mixed and changed, and random bytes. */
static size_t check_mixtures(struct world *world, size_t rounds)
{
	uint8_t response[RESPONSE];
	size_t round, id, bytes, matched = 0, lines = probe_db_lines(world->db), i;

	for (round = 0; round < rounds; round++) {
		for (bytes = i = 0; i < 2; i++) {
			const struct match_line *line =
				probe_db_line(world->db, random_below(world, (uint32_t)lines));

			bytes += pattern_sample(line->pattern, line->pattern_bytes, true, round,
						response + bytes, sizeof(response) / 2);
		}
		for (i = 0; i < bytes && i < round % 4; i++)
			response[random_below(world, (uint32_t)bytes)] ^=
				(uint8_t)(1u << random_below(world, 8));
		for (i = 0; round % 8 == 7 && i < bytes; i++)
			response[i] = (uint8_t)random_below(world, 256);
		assert_true(matcher_filter_scan(world->filter, response, bytes));
		for (id = 0; id < lines; id++) {
			if (is_candidate(world, id)) {
				matched += matches(world, id, response, bytes);
				continue;
			}
			if (matches(world, id, response, bytes))
				dropped(world, id);
		}
	}
	return matched;
}

static void never_drops_a_line_of_nmaps_file(void **state)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};
	struct world world;
	struct stat info;
	size_t matched;

	if (stat(NMAP, &info) != 0) {
		print_message("SKIPPED: %s is not there (nmap-common)\n", NMAP);
		skip();
	}
	if (probe_db_load(NMAP, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	world = world_of(db);
	matched = check_samples(&world);
	print_message("%zu of %zu lines matched their own samples\n", matched, probe_db_lines(db));
	assert_true(matched > probe_db_lines(db) * 9 / 10);
	assert_true(check_mixtures(&world, EVERY_LINES) > 0);
	assert_true(matcher_filter_unfiltered(world.filter) < probe_db_lines(db) / 100);
	world_free(&world);
}

/* Patterns with everything in them that makes a literal less than certain. */
static const char *const crafted[] = {
	"abcdef",
	"^abcdef",
	"abcd|efgh",
	"^abcd|efgh",
	"^(?:abcd|efgh)ijkl",
	"x(?:abcd|efgh)?ijkl",
	"abcd(?:efgh)*ijkl",
	"abcd(efgh)+ijkl",
	"abcd(efgh){0,3}ijkl",
	"abcd(efgh){2}ijkl",
	"abcde?fghi",
	"abcde*fghi",
	"abcde+fghi",
	"abcde{0}fghi",
	"abcde{3}fghi",
	"abcde{2,}fghi",
	"abcde{2,3}fghi",
	"a{20}b",
	"^a{9}bcd",
	"^ab?cdefg",
	"^[ab]cdef",
	"^[^ab]cdef",
	"^a.cdefg",
	"(?=abcd)ab",
	"(?!abcd)efgh",
	"abcd(?!efgh)",
	"abcd(?=efgh)ef",
	"(?<=abcd)efgh",
	"(?<!abcd)efgh",
	"^(?=ab)abcdef",
	"(?i)abcdEFGH",
	"(?i:abcd)EFGH",
	"ab(?i)cdEF",
	"(?s)^abcd.efgh",
	"(?m)^abcd",
	"(?m:^abcd)",
	"^(abcd)efgh\\1",
	"(ab)\\1cdef",
	"(a?)bcde\\1fghi",
	"\\babcd\\b",
	"abcd\\Befgh",
	"\\x61bcd\\x{65}fgh",
	"\\0abcd",
	"\\101bcdefg",
	"a\\0\\1bcd",
	"abcd\\d+efgh",
	"abcd\\R?efgh",
	"abc[.]def",
	"abc[Dd]ef",
	"[[:alpha:]]bcdef",
	"[]a]bcdef",
	"[^]a]bcdef",
	"[a-]bcdef",
	"[\\]a]bcdef",
	"[\\x61-\\x63]bcdef",
	"^[a-c][a-c]cdef",
	"abcd(?#efgh)ijkl",
	"abcd(?#x)?efgh",
	"ab{cdef",
	"ab{,3}cdef",
	"ab{2cdef",
	"(?<name>abcd)efgh",
	"(?'n'abcd)efgh",
	"(?P<n>abcd)(?P=n)efgh",
	"(?>abcd|ab)efgh",
	"(?|abcd|efgh)ijkl",
	"(abcd|)efghij",
	"(|abcd)efgh",
	"((abcd|efgh)|ijkl)mnop",
	"(abcd|(?:efgh|ijkl)?)mnop",
	"(((abcd)?efgh)?ijkl)?mnop",
	"^^abcd",
	"^*abcdef",
	"^?abcdef",
	"(^abcd|efgh)",
	"(?:^abcd)?efgh",
	"$?abcd",
	"\\Aabcd",
	"^abcd$|^efgh",
	"a(?:b|c|d|e)fghij",
	"(abc|ab)(cdef|def)",
	"(?:abcd){0}efgh",
	"^(?:ab)?cdef",
	"^(?:ab)+cdef",
	"^(?:ab){2}cdef",
	"^(?i)ABCDEF",
	"(?i)^ABCDEF",
	"(?i)(?s)^ABCD",
	"(?s)(?m)^abcd",
	"abcd\\K(?=efgh)efgh",
	"\\Qab.d\\Eefgh",
	"(*ANYCRLF)abcd",
	"(?(?=ab)abcd|efgh)",
	"(?R)?abcd",
	"(?1)(abcd)",
	"(?x) ab cd # ef",
	"\\N{U+61}bcd",
	"a\\cAbcde",
	"\\p{L}bcde",
	"ab\\gcd",
	"(a)\\g1bcde",
	"(?-i)abcde",
	"(?i)AB(?-i)cdef",
	"(?U)ab+cdef",
	"\\x",
	"\\xabcd",
	"[a-\\d]bcde",
	"[a-z]{4}",
	".{4}abcd",
	"^.{4}abcd",
	"^.abcd",
	"^..?abcd",
	"^\\d\\d\\d-abcd",
	"(abcd)\\11",
	"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10k",
	"ab++cdef",
	"ab*?cdef",
	"ab??cdef",
	"a{2}{3}bcde",
	"((((((((abcd))))))))",
	"abcd\\z",
	"[\\b]abcd",
	"[\\101]bcde",
	"[\\Qa\\E]bcde",
	"abcd(?C1)efgh",
	"[[.a.]]bcd",
	"[[:^alpha:]]bcd",
	"[[:]bcde",
	"\\ebcde",
	"(?=a(?=b))abcd",
	"((?=abcd)|efgh)ab",
	"(?:(?=ab)abcd|xx)+z",
	"(?:a|ab)(?:c|bcd)(d*)",
};

static struct probe_db *crafted_db(void)
{
	static char text[32768];
	struct text_file one = {"crafted", text, 0};
	struct probe_db *db = NULL;
	struct diag diag = {0};
	size_t i, flags;

	one.bytes = (size_t)snprintf(text, sizeof(text), "Probe TCP NULL q||\n");
	for (i = 0; i < COUNT(crafted); i++)
		for (flags = 0; flags < 4; flags++)
			one.bytes += (size_t)snprintf(
				text + one.bytes, sizeof(text) - one.bytes, "match m m~%s~%s\n",
				crafted[i], (const char *const[]){"", "i", "s", "is"}[flags]);
	assert_true(one.bytes < sizeof(text));
	if (probe_db_parse(&one, 1, MANNER_FIRST, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	return db;
}

/* Also against all strings of a few pieces of what the patterns are made of. */
static void never_drops_a_crafted_line(void **state)
{
	static const char *const pieces[] = {"",      "ab",   "cd", "ef", "abcd", "efgh",
					     "ijkl",  "mnop", "a",  "b",  "c",    "fghi",
					     "bcdef", "CDEF", "\n", ".",  "x",    "\1"};
	struct world world = world_of(crafted_db());
	char response[64];
	size_t i, id, bytes, count = COUNT(pieces);

	assert_true(check_samples(&world) > probe_db_lines(world.db) / 2);
	assert_true(check_mixtures(&world, 400) > 0);
	for (i = 0; i < count * count * count; i++) {
		bytes = (size_t)snprintf(response, sizeof(response), "%s%s%s", pieces[i % count],
					 pieces[i / count % count], pieces[i / count / count]);
		assert_true(matcher_filter_scan(world.filter, (const uint8_t *)response, bytes));
		for (id = 0; id < probe_db_lines(world.db); id++)
			if (!is_candidate(&world, id) &&
			    matches(&world, id, (const uint8_t *)response, bytes))
				dropped(&world, id);
	}
	world_free(&world);
}

struct nmap_matchers {
	struct probe_db *db;
	struct matcher *filtered, *plain;
};

static bool open_nmap(struct nmap_matchers *ret)
{
	struct diag diag = {0};
	struct stat info;

	if (stat(NMAP, &info) != 0) {
		print_message("SKIPPED: %s is not there (nmap-common)\n", NMAP);
		return false;
	}
	if (probe_db_load(NMAP, &ret->db, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(matcher_new(ret->db, NULL, NULL, &ret->filtered), 0);
	assert_int_equal(matcher_new(ret->db, NULL, NULL, &ret->plain), 0);
	matcher_without_filter(ret->plain);
	matcher_jit_after(ret->plain, 0);
	return true;
}

static void assert_same(const struct match_result *a, const struct match_result *b)
{
	size_t field;

	assert_ptr_equal(a->line, b->line);
	assert_ptr_equal(a->with, b->with);
	for (field = 0; field < MATCH_FIELDS; field++) {
		assert_true(!a->fields[field] == !b->fields[field]);
		if (a->fields[field])
			assert_string_equal(a->fields[field], b->fields[field]);
	}
}

/* With filter and machine code, and one by one without: the same line, the same fields. */
static void nmaps_answers_are_the_same_without_the_filter(void **state)
{
	static struct response response;
	struct match_result filtered, plain;
	struct nmap_matchers matchers;
	const struct service_probe *probe;
	size_t place, matched = 0, round;

	if (!open_nmap(&matchers))
		skip();
	for (place = 0; place < RESPONSES_COUNT * 2; place++) {
		response_make(place / 2, &response);
		probe = probe_db_find(matchers.db, TRANSPORT_TCP,
				      place % 2 ? "GenericLines" : response.probe);
		assert_non_null(probe);
		for (round = 0; round < 2; round++) { /* hard_only in the second */
			matcher_match(matchers.filtered, probe, response.data, response.bytes,
				      round, &filtered);
			matcher_match(matchers.plain, probe, response.data, response.bytes, round,
				      &plain);
			assert_same(&filtered, &plain);
			matched += !round && !(place % 2) && filtered.line;
		}
	}
	print_message("%zu of %zu responses are known\n", matched, (size_t)RESPONSES_COUNT);
	assert_true(RESPONSES_COUNT >= 200 && matched > RESPONSES_COUNT / 2);
	matcher_free(matchers.filtered);
	matcher_free(matchers.plain);
	probe_db_free(matchers.db);
}

static size_t candidates(const struct matcher_filter *filter, size_t lines)
{
	size_t id, count = 0;

	for (id = matcher_filter_next(filter, 0, lines); id < lines;
	     id = matcher_filter_next(filter, id + 1, lines))
		count++;
	assert_int_equal(id, lines);
	return count;
}

/* Each demand alone keeps a line out. */
static void names_only_lines_that_may_fit(void **state)
{
	static const struct {
		const char *pattern, *fits, *fits_not;
	} cases[] = {
		{"abcdef", "xxABCDEFxx", "xxabcdeGfx+abcde"},
		{"^abcdef", "abcdef", "xabcdef"},
		{"^.[ab]cdef", "xacdef", "x]cdef"},
		{"abcd.*efgh", "efghabcd", "abcd efg"},
		{"abcd\\d{9}", "abcd.........", "abcd........"},
		{"^[q]\\d", "q1", "r1"},
		{"abcd|efgh", "efgh", "abceefgg"},
		{"(?:abcd|ef)ghij", "cdghij", "abcdghi"},
	};
	char text[256];
	struct text_file one = {"one", text, 0};
	struct matcher_filter *filter;
	struct probe_db *db;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		one.bytes =
			(size_t)snprintf(text, sizeof(text), "Probe TCP NULL q||\nmatch m m~%s~\n",
					 cases[i].pattern);
		assert_int_equal(probe_db_parse(&one, 1, MANNER_FIRST, &db, NULL), 0);
		assert_int_equal(matcher_filter_new(db, &filter), 0);
		assert_true(matcher_filter_scan(filter, (const uint8_t *)cases[i].fits,
						strlen(cases[i].fits)));
		assert_int_equal(candidates(filter, 1), 1);
		assert_true(matcher_filter_scan(filter, (const uint8_t *)cases[i].fits_not,
						strlen(cases[i].fits_not)));
		assert_int_equal(candidates(filter, 1), 0);
		assert_int_equal(matcher_filter_unfiltered(filter), 0);
		matcher_filter_free(filter);
		probe_db_free(db);
	}
}

static void short_of_memory_every_line_may_fit(void **state)
{
	struct probe_db *db = crafted_db();
	struct matcher_filter *filter;
	static uint8_t response[5000];

	assert_int_equal(matcher_filter_new(db, &filter), 0);
	assert_true(matcher_filter_scan(filter, response, sizeof(response) / 2));
	assert_true(candidates(filter, probe_db_lines(db)) < probe_db_lines(db));
	alloc_fault_after(0);
	assert_false(matcher_filter_scan(filter, response, sizeof(response)));
	assert_int_equal(candidates(filter, probe_db_lines(db)), probe_db_lines(db));
	assert_true(matcher_filter_scan(filter, response, sizeof(response)));
	assert_true(candidates(filter, probe_db_lines(db)) < probe_db_lines(db));
	matcher_filter_free(filter);
	probe_db_free(db);
}

static int make(void *self)
{
	struct matcher_filter *filter = NULL;
	int r = matcher_filter_new(self, &filter);

	matcher_filter_free(filter);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	struct probe_db *db = crafted_db();

	support_each_allocation_fails(make, db, 200);
	probe_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_drops_a_line_of_nmaps_file),
		cmocka_unit_test(never_drops_a_crafted_line),
		cmocka_unit_test(nmaps_answers_are_the_same_without_the_filter),
		cmocka_unit_test(names_only_lines_that_may_fit),
		cmocka_unit_test(short_of_memory_every_line_may_fit),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
