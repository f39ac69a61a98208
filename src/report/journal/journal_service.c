#include "report/journal/journal_service.h"

#include "engine/service_copy.h"
#include "report/journal/journal_ports.h"
#include "report/service_end.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define SELECT_SERVICE \
	"SELECT transport, number, " JOURNAL_SERVICE_COLUMNS " FROM service WHERE scan_id=?1"

int journal_service_reader_init(struct journal_service_reader *reader, sqlite3 *db, int64_t scan_id,
				struct diag *diag)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{&reader->of_host, SELECT_SERVICE " AND host=?2 ORDER BY seq"},
		{&reader->of_port, SELECT_SERVICE " AND host=?2 AND transport=?3 AND number=?4"},
		{&reader->certificate, "SELECT " JOURNAL_CERTIFICATE_COLUMNS
				       " FROM certificate WHERE scan_id=?1 AND sha256=?2"},
	};
	int r = 0;

	*reader = (struct journal_service_reader){.db = db, .diag = diag};
	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(*all); i++) {
		r = journal_db_prepare(db, all[i].sql, all[i].stmt, diag);
		if (r == 0)
			sqlite3_bind_int64(*all[i].stmt, 1, scan_id);
	}
	if (r < 0)
		journal_service_reader_release(reader);
	return r;
}

void journal_service_reader_release(struct journal_service_reader *reader)
{
	sqlite3_finalize(reader->of_host);
	sqlite3_finalize(reader->of_port);
	sqlite3_finalize(reader->certificate);
	*reader = (struct journal_service_reader){0};
}

/* A row's facts; what they point to lives until the next step. */
struct service_row {
	struct service_facts facts;
	struct service_tls tls;
	char *names; /* owned, with NULs between them */
	const char *name[SERVICE_ALT_NAMES_MAX];
};

static void read_version(struct journal_row *row, struct service_facts *facts)
{
	facts->product = row_text(row);
	facts->version = row_text(row);
	facts->extrainfo = row_text(row);
	facts->hostname = row_text(row);
	facts->ostype = row_text(row);
	facts->devicetype = row_text(row);
	facts->cpe_a = row_text(row);
	facts->cpe_h = row_text(row);
	facts->cpe_o = row_text(row);
	facts->fingerprint = row_text(row);
}

static void read_facts(struct journal_row *row, struct service_facts *facts)
{
	const char *outcome = row_text(row);
	int end = outcome ? service_end_parse(outcome) : -1;

	facts->end = end < 0 ? SERVICE_UNKNOWN : (enum service_end)end;
	facts->name = row_text(row);
	facts->tunnel = row_int(row);
	facts->confidence = (uint8_t)row_int(row);
	read_version(row, facts);
	facts->probe = row_text(row);
	facts->matched_with = row_text(row);
	facts->file = row_text(row);
	facts->line = (uint32_t)row_int(row);
	facts->sample = row_blob(row, &facts->sample_bytes);
	facts->response_bytes = (uint32_t)row_int(row);
	facts->probes_sent = (uint32_t)row_int(row);
	facts->took_ns = (uint64_t)row_int(row);
}

/* Alternative names stand on lines. */
static int read_names(struct service_row *ret, const char *lines)
{
	struct service_certificate *certificate = &ret->tls.certificate;
	char *rest;

	if (!lines)
		return 0;
	rest = ret->names = alloc_strdup(lines);
	if (!rest)
		return ERROR_MEMORY;
	while (rest && certificate->names_count < SERVICE_ALT_NAMES_MAX)
		ret->name[certificate->names_count++] = strsep(&rest, "\n");
	certificate->names = ret->name;
	return 0;
}

static int read_certificate(struct journal_service_reader *reader, const uint8_t *sha256,
			    struct service_row *ret)
{
	struct service_certificate *certificate = &ret->tls.certificate;
	struct journal_row row = journal_row_of(reader->certificate);
	int step, r;

	sqlite3_reset(reader->certificate);
	sqlite3_bind_blob(reader->certificate, 2, sha256, sizeof(certificate->sha256),
			  SQLITE_TRANSIENT);
	step = sqlite3_step(reader->certificate);
	if (step != SQLITE_ROW)
		return step == SQLITE_DONE ? 0 : journal_db_error(reader->db, reader->diag);
	memcpy(certificate->sha256, sha256, sizeof(certificate->sha256));
	certificate->subject = row_text(&row);
	certificate->issuer = row_text(&row);
	if ((r = read_names(ret, row_text(&row))) < 0)
		return r;
	certificate->not_before_s = row_int(&row);
	certificate->not_after_s = row_int(&row);
	certificate->key = row_text(&row);
	certificate->signature = row_text(&row);
	certificate->self_signed = row_int(&row);
	certificate->der = row_blob(&row, &certificate->der_bytes);
	return 0;
}

static int read_tls(struct journal_service_reader *reader, struct journal_row *row,
		    struct service_row *ret)
{
	const uint8_t *sha256;
	size_t bytes;

	ret->tls.version = row_text(row);
	ret->tls.cipher = row_text(row);
	ret->tls.alpn = row_text(row);
	ret->tls.server_name = row_text(row);
	sha256 = row_blob(row, &bytes);
	if (ret->tls.version || ret->tls.cipher || sha256)
		ret->facts.tls = &ret->tls;
	return sha256 && bytes == sizeof(ret->tls.certificate.sha256)
		       ? read_certificate(reader, sha256, ret)
		       : 0;
}

/* Adds the row that the statement stands on. */
static int take(struct journal_service_reader *reader, sqlite3_stmt *stmt,
		struct host_services *services, const struct service_facts **ret_facts)
{
	struct journal_row row = journal_row_of(stmt);
	struct service_row found = {.names = NULL};
	const char *name = row_text(&row);
	int transport = name ? journal_transport_parse(name) : -1, r;
	int64_t number = row_int(&row);

	if (transport < 0 || number < 0 || number > UINT16_MAX)
		return 0;
	read_facts(&row, &found.facts);
	r = read_tls(reader, &row, &found);
	if (r == 0)
		r = host_services_add(services, (enum transport)transport, (uint16_t)number,
				      &found.facts, ret_facts);
	alloc_free(found.names);
	return r;
}

int journal_service_reader_read(struct journal_service_reader *reader, uint64_t host,
				struct host_services *services)
{
	const struct service_facts *facts;
	int r = 0, step = SQLITE_DONE;

	sqlite3_reset(reader->of_host);
	sqlite3_bind_int64(reader->of_host, 2, (int64_t)host);
	while (r == 0 && (step = sqlite3_step(reader->of_host)) == SQLITE_ROW)
		r = take(reader, reader->of_host, services, &facts);
	if (r == 0 && step != SQLITE_DONE)
		r = journal_db_error(reader->db, reader->diag);
	sqlite3_reset(reader->of_host);
	return r;
}

int journal_service_reader_one(struct journal_service_reader *reader, uint64_t host,
			       enum transport transport, uint16_t number,
			       struct host_services *services,
			       const struct service_facts **ret_facts)
{
	int r = 0, step;

	*ret_facts = NULL;
	sqlite3_reset(reader->of_port);
	sqlite3_bind_int64(reader->of_port, 2, (int64_t)host);
	sqlite3_bind_text(reader->of_port, 3, transport_name(transport), -1, SQLITE_STATIC);
	sqlite3_bind_int64(reader->of_port, 4, number);
	step = sqlite3_step(reader->of_port);
	if (step == SQLITE_ROW)
		r = take(reader, reader->of_port, services, ret_facts);
	else if (step != SQLITE_DONE)
		r = journal_db_error(reader->db, reader->diag);
	sqlite3_reset(reader->of_port);
	return r;
}
