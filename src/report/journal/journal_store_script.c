/* Results of scripts, and findings, into rows. */
#include "report/journal/journal_script.h"
#include "report/journal/journal_store.h"

#include "util/error.h"

static int64_t host_of(const struct journal_record *record, const struct script_place *place)
{
	bool of_run = place->scope == SCRIPT_PRE || place->scope == SCRIPT_POST;

	return of_run || record->index == JOURNAL_NO_TARGET ? JOURNAL_NO_HOST
							    : (int64_t)record->index;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static struct journal_row begin_row(struct journal_store *store, enum statement statement,
				    int64_t host)
{
	struct journal_row row = journal_row_of(store->statements[statement]);

	row_put_int(&row, store->scan_id);
	row_put_int(&row, host);
	return row;
}

static int run_row(struct journal_store *store, struct journal_row *row)
{
	return row_run(row, store->db, store->diag);
}

static void put_place(struct journal_row *row, const struct script_place *place, const char *id)
{
	bool of_port = place->scope == SCRIPT_PORT;

	row_put_word(row, script_scope_name(place->scope));
	row_put_word(row, of_port ? transport_name(place->transport) : "");
	row_put_int(row, of_port ? place->number : 0);
	row_put_bytes(row, or_empty(id));
}

static int put_script(struct journal_store *store, const struct journal_record *record,
		      const struct script_result *result)
{
	const struct script_place *place = &record->seen.script.place;
	struct journal_row row = begin_row(store, PUT_SCRIPT, host_of(record, place));

	put_place(&row, place, result->id);
	row_put_bytes(&row, result->text);
	row_put_int(&row, result->cut);
	row_put_bytes(&row, result->stopped);
	row_put_int(&row, (int64_t)result->took_ns);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	return run_row(store, &row);
}

static int put_node(struct journal_store *store, const struct journal_record *record,
		    size_t position, const struct script_node *node)
{
	struct journal_row row =
		begin_row(store, PUT_SCRIPT_VALUE, host_of(record, &record->seen.script.place));

	row_put_int(&row, (int64_t)record->seq);
	row_put_int(&row, (int64_t)position);
	row_put_int(&row, node->depth);
	row_put_word(&row, script_kind_name(node->kind));
	row_put_bytes(&row, node->key);
	row_put_bytes(&row, node->text);
	return run_row(store, &row);
}

/* The values of one that it replaces. */
static int delete_values(struct journal_store *store, const struct journal_record *record,
			 const struct script_result *result)
{
	const struct script_place *place = &record->seen.script.place;
	struct journal_row row = begin_row(store, DELETE_SCRIPT_VALUES, host_of(record, place));

	put_place(&row, place, result->id);
	return run_row(store, &row);
}

int journal_store_put_script(struct journal_store *store, const struct journal_record *record)
{
	const struct script_result *result = journal_record_script(record);
	int r = delete_values(store, record, result);

	if (r == 0)
		r = put_script(store, record, result);
	for (size_t i = 0; r == 0 && i < result->nodes_count; i++)
		r = put_node(store, record, i, &result->nodes[i]);
	return r;
}

static void put_references(struct journal_row *row, const struct script_finding *finding,
			   struct buf *lines)
{
	for (size_t i = 0; i < finding->references_count; i++) {
		buf_add_str(lines, i ? "\n" : "");
		buf_add_str(lines, finding->references[i]);
	}
	row_put_bytes(row, finding->references_count ? buf_str(lines) : NULL);
}

int journal_store_put_finding(struct journal_store *store, const struct journal_record *record)
{
	const struct script_finding *finding = journal_record_finding(record);
	const struct script_place *place = &record->seen.finding.place;
	struct journal_row row = begin_row(store, PUT_FINDING, host_of(record, place));
	struct buf lines = BUF_INIT;
	int r;

	put_place(&row, place, finding->id);
	row_put_bytes(&row, or_empty(finding->source));
	row_put_word(&row, finding_severity_name(finding->severity));
	row_put_bytes(&row, finding->title);
	row_put_bytes(&row, finding->seen);
	row_put_bytes(&row, finding->why);
	row_put_bytes(&row, finding->remedy);
	put_references(&row, finding, &lines);
	row_put_double(&row, finding->confidence);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	r = buf_ok(&lines) ? run_row(store, &row) : ERROR_MEMORY;
	buf_release(&lines);
	return r;
}

int journal_store_put_scripts_done(struct journal_store *store, const struct journal_record *record)
{
	struct journal_row row = journal_row_of(store->statements[PUT_SCRIPTS_DONE]);

	row_put_int(&row, store->scan_id);
	row_put_word(&row, script_scope_name(record->seen.scripts_done));
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	return run_row(store, &row);
}
