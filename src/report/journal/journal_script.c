#include "report/journal/journal_script.h"

#include "engine/script_copy.h"
#include "report/journal/journal_ports.h"
#include "report/journal/journal_take.h"
#include "util/alloc.h"
#include "util/error.h"

#define IN_RANGE " WHERE scan_id=?1 AND host=?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq"

int journal_script_reader_init(struct journal_script_reader *reader, sqlite3 *db, int64_t scan_id,
			       struct diag *diag)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{&reader->scripts, "SELECT " JOURNAL_SCRIPT_COLUMNS ", seq FROM script" IN_RANGE},
		{&reader->values, "SELECT " JOURNAL_SCRIPT_VALUE_COLUMNS " FROM script_value"
				  " WHERE scan_id=?1 AND host=?2 AND script=?3 ORDER BY position"},
		{&reader->findings, "SELECT " JOURNAL_FINDING_COLUMNS " FROM finding" IN_RANGE},
	};
	int r = 0;

	*reader = (struct journal_script_reader){.db = db, .diag = diag};
	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(*all); i++) {
		r = journal_db_prepare(db, all[i].sql, all[i].stmt, diag);
		if (r == 0)
			sqlite3_bind_int64(*all[i].stmt, 1, scan_id);
	}
	if (r < 0)
		journal_script_reader_release(reader);
	return r;
}

void journal_script_reader_release(struct journal_script_reader *reader)
{
	sqlite3_finalize(reader->scripts);
	sqlite3_finalize(reader->values);
	sqlite3_finalize(reader->findings);
	*reader = (struct journal_script_reader){0};
}

/* A read under way. */
struct reading {
	struct journal_script_reader *reader;
	const struct journal_script_range *range;
	int scope;
	struct host_scripts *all;
};

/* False: no place that we know. */
static bool read_place(struct journal_row *row, struct script_place *ret_place)
{
	const char *scope = row_text(row), *transport;
	int known = scope ? script_scope_parse(scope) : -1, carrier = 0;
	int64_t number;

	transport = row_text(row);
	number = row_int(row);
	if (known == SCRIPT_PORT)
		carrier = transport ? journal_transport_parse(transport) : -1;
	else
		number = 0;
	if (known < 0 || carrier < 0 || number < 0 || number > UINT16_MAX)
		return false;
	*ret_place = (struct script_place){(enum script_scope)known, (enum transport)carrier,
					   (uint16_t)number};
	return true;
}

static bool is_wanted(const struct reading *reading, const struct script_place *place)
{
	return reading->scope < 0 || (int)place->scope == reading->scope;
}

static int begin(struct reading *reading, sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 2, reading->range->host);
	sqlite3_bind_int64(stmt, 3, reading->range->first);
	sqlite3_bind_int64(stmt, 4, reading->range->last);
	return 0;
}

static int ended(struct reading *reading, sqlite3_stmt *stmt, int step)
{
	int r = step == SQLITE_DONE ? 0
				    : journal_db_error(reading->reader->db, reading->reader->diag);

	sqlite3_reset(stmt);
	return r;
}

/* --- values -------------------------------------------------------------- */

static void read_node(struct journal_taker *taker, struct journal_row *row,
		      struct script_node *ret_node)
{
	const char *kind;
	int known;

	ret_node->depth = take_u32(row);
	kind = row_text(row);
	known = kind ? script_kind_parse(kind) : -1;
	ret_node->kind = known < 0 ? SCRIPT_TEXT : (enum script_kind)known;
	ret_node->key = take_text(taker, row);
	ret_node->text = take_text(taker, row);
	if (ret_node->kind == SCRIPT_TABLE)
		ret_node->text = NULL;
	else if (!ret_node->text)
		ret_node->text = "";
}

/* Into nodes, which hold struct script_node. */
static int read_nodes(struct reading *reading, int64_t script, struct journal_taker *taker,
		      struct buf *nodes)
{
	sqlite3_stmt *stmt = reading->reader->values;
	int step = SQLITE_DONE;

	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 2, reading->range->host);
	sqlite3_bind_int64(stmt, 3, script);
	while (nodes->len < SCRIPT_NODES_MAX * sizeof(struct script_node) &&
	       (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct journal_row row = journal_row_of(stmt);
		struct script_node node = {0};

		read_node(taker, &row, &node);
		buf_add(nodes, &node, sizeof(node));
		if (taker->failed || !buf_ok(nodes))
			return ERROR_MEMORY;
	}
	return ended(reading, stmt, step == SQLITE_ROW ? SQLITE_DONE : step);
}

static int take_script(struct reading *reading, const struct script_place *place,
		       struct journal_row *row)
{
	struct journal_taker taker = {0};
	struct buf nodes = BUF_INIT;
	struct script_result result = {0};
	const struct script_result *kept;
	int r;

	result.id = take_text(&taker, row);
	result.text = take_text(&taker, row);
	result.cut = row_int(row);
	result.stopped = take_text(&taker, row);
	result.took_ns = (uint64_t)row_int(row);
	r = taker.failed ? ERROR_MEMORY : read_nodes(reading, row_int(row), &taker, &nodes);
	result.nodes_count = nodes.len / sizeof(struct script_node);
	result.nodes = result.nodes_count ? (const struct script_node *)nodes.data : NULL;
	if (r == 0)
		r = host_scripts_add(reading->all, place, &result, &kept);
	buf_release(&nodes);
	arena_release(&taker.arena);
	return r;
}

static int read_scripts(struct reading *reading)
{
	sqlite3_stmt *stmt = reading->reader->scripts;
	int step = SQLITE_DONE, r = begin(reading, stmt);

	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct journal_row row = journal_row_of(stmt);
		struct script_place place;

		if (read_place(&row, &place) && is_wanted(reading, &place))
			r = take_script(reading, &place, &row);
	}
	return r < 0 ? r : ended(reading, stmt, step);
}

/* --- findings ------------------------------------------------------------ */

static double between_0_and_1(double value)
{
	return value > 0 ? value < 1 ? value : 1 : 0;
}

static int take_finding(struct reading *reading, const struct script_place *place,
			struct journal_row *row)
{
	const char *references[FINDING_REFERENCES_MAX], *severity;
	struct journal_taker taker = {0};
	struct script_finding finding = {.references = references};
	const struct script_finding *kept;
	int known, r = ERROR_MEMORY;

	finding.id = take_text(&taker, row);
	finding.source = take_text(&taker, row);
	severity = row_text(row);
	known = severity ? finding_severity_parse(severity) : -1;
	finding.severity = known < 0 ? FINDING_INFO : (enum finding_severity)known;
	finding.title = take_text(&taker, row);
	finding.seen = take_text(&taker, row);
	finding.why = take_text(&taker, row);
	finding.remedy = take_text(&taker, row);
	finding.references_count = take_lines(&taker, row, references, FINDING_REFERENCES_MAX);
	finding.confidence = between_0_and_1(take_double(row));
	if (!taker.failed)
		r = host_scripts_add_finding(reading->all, place, &finding, &kept);
	arena_release(&taker.arena);
	return r;
}

static int read_findings(struct reading *reading)
{
	sqlite3_stmt *stmt = reading->reader->findings;
	int step = SQLITE_DONE, r = begin(reading, stmt);

	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct journal_row row = journal_row_of(stmt);
		struct script_place place;

		if (read_place(&row, &place) && is_wanted(reading, &place))
			r = take_finding(reading, &place, &row);
	}
	return r < 0 ? r : ended(reading, stmt, step);
}

int journal_script_reader_read(struct journal_script_reader *reader,
			       const struct journal_script_range *range, int scope,
			       struct host_scripts *all)
{
	struct reading reading = {reader, range, scope, all};
	int r = read_scripts(&reading);

	return r < 0 ? r : read_findings(&reading);
}
