#include "report/journal/journal_system.h"

#include "engine/system_copy.h"
#include "report/journal/journal_take.h"
#include "report/system_result.h"
#include "util/error.h"

#define OF_HOST                     " WHERE scan_id=?1 AND host=?2"
#define SELECT_LIST(columns, table) "SELECT " columns " FROM " table OF_HOST " ORDER BY position"

static const char *const queries[SYSTEM_QUERIES] = {
	[OF_SYSTEM] = "SELECT " JOURNAL_SYSTEM_COLUMNS " FROM system" OF_HOST,
	[OF_MATCHES] = SELECT_LIST(JOURNAL_MATCH_COLUMNS, "system_match"),
	[OF_CLASSES] = "SELECT " JOURNAL_CLASS_COLUMNS " FROM system_class" OF_HOST
		       " AND match=?3 ORDER BY position",
	[OF_RUNNING] = SELECT_LIST(JOURNAL_RUNNING_COLUMNS, "system_running"),
	[OF_SAMPLES] = SELECT_LIST(JOURNAL_SAMPLE_COLUMNS, "system_sample"),
	[OF_GUESSES] = SELECT_LIST(JOURNAL_GUESS_COLUMNS, "system_guess"),
	[OF_EVIDENCE] = SELECT_LIST(JOURNAL_EVIDENCE_COLUMNS, "system_evidence"),
};

int journal_system_reader_init(struct journal_system_reader *reader, sqlite3 *db, int64_t scan_id,
			       struct diag *diag)
{
	int r = 0;

	*reader = (struct journal_system_reader){.db = db, .diag = diag};
	for (int i = 0; r == 0 && i < SYSTEM_QUERIES; i++) {
		r = journal_db_prepare(db, queries[i], &reader->statements[i], diag);
		if (r == 0)
			sqlite3_bind_int64(reader->statements[i], 1, scan_id);
	}
	if (r < 0)
		journal_system_reader_release(reader);
	return r;
}

void journal_system_reader_release(struct journal_system_reader *reader)
{
	for (int i = 0; i < SYSTEM_QUERIES; i++)
		sqlite3_finalize(reader->statements[i]);
	*reader = (struct journal_system_reader){0};
}

/* A read under way: the facts as they grow, and what they point to. */
struct reading {
	struct journal_system_reader *reader;
	struct journal_taker taker;
	struct system_facts facts;
	int r;
};

static sqlite3_stmt *begin(struct reading *reading, enum journal_system_query query, uint64_t host)
{
	sqlite3_stmt *stmt = reading->reader->statements[query];

	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 2, (int64_t)host);
	return stmt;
}

/* Is there one more row? An error is kept. */
static bool next(struct reading *reading, sqlite3_stmt *stmt)
{
	int step = reading->r == 0 ? sqlite3_step(stmt) : SQLITE_DONE;

	if (step == SQLITE_ROW)
		return true;
	if (step != SQLITE_DONE)
		reading->r = journal_db_error(reading->reader->db, reading->reader->diag);
	sqlite3_reset(stmt);
	return false;
}

static int32_t read_port(struct journal_row *row)
{
	bool known = !row_is_null(row);
	int64_t port = row_int(row);

	return known && port >= 0 && port <= UINT16_MAX ? (int32_t)port : -1;
}

static void read_flags(struct reading *reading, struct journal_row *row)
{
	struct system_facts *facts = &reading->facts;
	const char *result = row_text(row);
	int known = result ? system_result_parse(result) : -1;

	facts->result = known < 0 ? SYSTEM_NONE : (enum system_result)known;
	facts->ip_version = (uint8_t)row_int(row);
	facts->incomplete = row_int(row);
	facts->own_data = row_int(row);
	facts->unreliable = row_int(row);
	facts->guessing = row_int(row);
	facts->unfit = take_text(&reading->taker, row);
	facts->open_tcp = read_port(row);
	facts->closed_tcp = read_port(row);
	facts->closed_udp = read_port(row);
}

static void read_print(struct reading *reading, struct journal_row *row)
{
	struct system_facts *facts = &reading->facts;
	struct journal_taker *taker = &reading->taker;

	facts->perfect_count = take_u32(row);
	facts->types_count = take_lines(taker, row, facts->types, SYSTEM_LIST_MAX);
	facts->cpes_count = take_lines(taker, row, facts->cpes, SYSTEM_LIST_MAX);
	facts->fingerprint = take_text(taker, row);
	facts->has_uptime = !row_is_null(row);
	facts->uptime_s = take_u32(row);
	facts->boot_s = row_int(row);
	facts->has_distance = !row_is_null(row);
	facts->distance = (int32_t)row_int(row);
	facts->distance_by = (char)row_int(row);
}

static void read_replies(struct reading *reading, struct journal_row *row)
{
	struct system_facts *facts = &reading->facts;
	struct journal_taker *taker = &reading->taker;

	facts->has_index = !row_is_null(row);
	facts->index = take_u32(row);
	facts->difficulty = take_text(taker, row);
	facts->ipid_class = take_text(taker, row);
	facts->timestamp_class = take_text(taker, row);
	facts->has_timestamps = row_int(row);
	facts->rounds = take_u32(row);
	facts->probes_sent = take_u32(row);
	facts->probes_answered = take_u32(row);
	facts->took_ns = (uint64_t)row_int(row);
}

static void read_classes(struct reading *reading, uint64_t host, size_t position,
			 struct system_match *match)
{
	sqlite3_stmt *stmt = begin(reading, OF_CLASSES, host);
	struct system_class found[SYSTEM_CLASSES_MAX];
	const char *cpes[SYSTEM_CPES_MAX];
	size_t count = 0;

	sqlite3_bind_int64(stmt, 3, (int64_t)position);
	while (count < SYSTEM_CLASSES_MAX && next(reading, stmt)) {
		struct journal_row row = journal_row_of(stmt);
		struct system_class *class = &found[count++];

		class->vendor = take_text(&reading->taker, &row);
		class->family = take_text(&reading->taker, &row);
		class->generation = take_text(&reading->taker, &row);
		class->type = take_text(&reading->taker, &row);
		class->accuracy = take_u32(&row);
		class->cpes_count = take_lines(&reading->taker, &row, cpes, SYSTEM_CPES_MAX);
		class->cpes = take_array(&reading->taker, cpes, class->cpes_count * sizeof(*cpes));
	}
	match->classes = take_array(&reading->taker, found, count * sizeof(*found));
	match->classes_count = count;
}

static void read_matches(struct reading *reading, uint64_t host)
{
	sqlite3_stmt *stmt = begin(reading, OF_MATCHES, host);
	struct system_match found[SYSTEM_MATCHES_MAX];
	size_t count = 0;

	while (count < SYSTEM_MATCHES_MAX && next(reading, stmt)) {
		struct journal_row row = journal_row_of(stmt);
		struct system_match *match = &found[count];

		match->name = take_text(&reading->taker, &row);
		match->accuracy = take_u32(&row);
		match->perfect = row_int(&row);
		match->guess = row_int(&row);
		match->line = take_u32(&row);
		match->file = take_text(&reading->taker, &row);
		read_classes(reading, host, count++, match);
	}
	reading->facts.matches = take_array(&reading->taker, found, count * sizeof(*found));
	reading->facts.matches_count = count;
}

static void read_running(struct reading *reading, uint64_t host)
{
	sqlite3_stmt *stmt = begin(reading, OF_RUNNING, host);
	size_t *count = &reading->facts.running_count;

	while (*count < SYSTEM_LIST_MAX && next(reading, stmt)) {
		struct journal_row row = journal_row_of(stmt);
		struct system_running *running = &reading->facts.running[(*count)++];

		running->name = take_text(&reading->taker, &row);
		running->percent = take_u32(&row);
		running->certain = row_int(&row);
	}
}

static void read_samples(struct reading *reading, uint64_t host)
{
	sqlite3_stmt *stmt = begin(reading, OF_SAMPLES, host);
	struct system_facts *facts = &reading->facts;

	while (facts->samples < SYSTEM_SAMPLES_MAX && next(reading, stmt)) {
		struct journal_row row = journal_row_of(stmt);

		facts->isns[facts->samples] = take_u32(&row);
		facts->ids[facts->samples] = (uint16_t)take_u32(&row);
		facts->timestamps[facts->samples] = take_u32(&row);
		facts->samples++;
	}
}

static void read_guesses(struct reading *reading, uint64_t host)
{
	sqlite3_stmt *stmt = begin(reading, OF_GUESSES, host);
	struct system_guess found[SYSTEM_GUESSES_MAX];
	size_t count = 0;

	while (count < SYSTEM_GUESSES_MAX && next(reading, stmt)) {
		struct journal_row row = journal_row_of(stmt);
		struct system_guess *guess = &found[count++];

		guess->name = take_text(&reading->taker, &row);
		guess->family = take_text(&reading->taker, &row);
		guess->probability = take_double(&row);
	}
	reading->facts.guesses = take_array(&reading->taker, found, count * sizeof(*found));
	reading->facts.guesses_count = count;
}

static void read_evidence(struct reading *reading, uint64_t host)
{
	sqlite3_stmt *stmt = begin(reading, OF_EVIDENCE, host);
	struct system_evidence found[SYSTEM_EVIDENCE_MAX];
	size_t count = 0;

	while (count < SYSTEM_EVIDENCE_MAX && next(reading, stmt)) {
		struct journal_row row = journal_row_of(stmt);
		struct system_evidence *evidence = &found[count++];

		evidence->source = take_text(&reading->taker, &row);
		evidence->says = take_text(&reading->taker, &row);
		evidence->family = take_text(&reading->taker, &row);
		evidence->weight = take_double(&row);
	}
	reading->facts.evidence = take_array(&reading->taker, found, count * sizeof(*found));
	reading->facts.evidence_count = count;
}

static bool read_facts(struct reading *reading, uint64_t host)
{
	sqlite3_stmt *stmt = begin(reading, OF_SYSTEM, host);
	struct journal_row row = journal_row_of(stmt);

	if (!next(reading, stmt))
		return false;
	read_flags(reading, &row);
	read_print(reading, &row);
	read_replies(reading, &row);
	sqlite3_reset(stmt);
	read_matches(reading, host);
	read_running(reading, host);
	read_samples(reading, host);
	read_guesses(reading, host);
	read_evidence(reading, host);
	return true;
}

int journal_system_reader_read(struct journal_system_reader *reader, uint64_t host,
			       const struct system_facts **ret_facts)
{
	struct reading reading = {.reader = reader};
	const struct system_facts *copy = NULL;
	bool found = read_facts(&reading, host);

	if (reading.r == 0 && reading.taker.failed)
		reading.r = ERROR_MEMORY;
	/* One block, and texts no longer than a live scan's. */
	if (reading.r == 0 && found && !(copy = system_copy_new(&reading.facts)))
		reading.r = ERROR_MEMORY;
	if (reading.r == 0)
		*ret_facts = copy;
	arena_release(&reading.taker.arena);
	return reading.r;
}
