#include "report/journal/journal_store.h"

#include "report/service_end.h"
#include "util/error.h"

static struct journal_row begin_row(struct journal_store *store, enum statement statement)
{
	struct journal_row row = journal_row_of(store->statements[statement]);

	row_put_int(&row, store->scan_id);
	return row;
}

static void put_version(struct journal_row *row, const struct service_facts *facts)
{
	row_put_bytes(row, facts->product);
	row_put_bytes(row, facts->version);
	row_put_bytes(row, facts->extrainfo);
	row_put_bytes(row, facts->hostname);
	row_put_bytes(row, facts->ostype);
	row_put_bytes(row, facts->devicetype);
	row_put_bytes(row, facts->cpe_a);
	row_put_bytes(row, facts->cpe_h);
	row_put_bytes(row, facts->cpe_o);
	row_put_bytes(row, facts->fingerprint);
}

static void put_facts(struct journal_row *row, const struct service_facts *facts)
{
	row_put_word(row, service_end_name(facts->end));
	row_put_bytes(row, facts->name);
	row_put_int(row, facts->tunnel);
	row_put_int(row, facts->confidence);
	put_version(row, facts);
	row_put_bytes(row, facts->probe);
	row_put_bytes(row, facts->matched_with);
	row_put_bytes(row, facts->file);
	row_put_int(row, facts->line);
	row_put_blob(row, facts->sample, facts->sample_bytes);
	row_put_int(row, facts->response_bytes);
	row_put_int(row, facts->probes_sent);
	row_put_int(row, (int64_t)facts->took_ns);
}

static void put_tls(struct journal_row *row, const struct service_tls *tls)
{
	row_put_bytes(row, tls ? tls->version : NULL);
	row_put_bytes(row, tls ? tls->cipher : NULL);
	row_put_bytes(row, tls ? tls->alpn : NULL);
	row_put_bytes(row, tls ? tls->server_name : NULL);
	if (service_has_certificate(tls))
		row_put_blob(row, tls->certificate.sha256, sizeof(tls->certificate.sha256));
	else
		row_put_null(row);
}

static void put_names(struct journal_row *row, const struct service_certificate *certificate,
		      struct buf *lines)
{
	for (size_t i = 0; i < certificate->names_count; i++) {
		buf_add_str(lines, i ? "\n" : "");
		buf_add_str(lines, certificate->names[i]);
	}
	row_put_bytes(row, certificate->names_count ? buf_str(lines) : NULL);
}

static int add_certificate(struct journal_store *store,
			   const struct service_certificate *certificate)
{
	struct journal_row row = begin_row(store, ADD_CERTIFICATE);
	struct buf lines = BUF_INIT;
	int r;

	row_put_blob(&row, certificate->sha256, sizeof(certificate->sha256));
	row_put_bytes(&row, certificate->subject);
	row_put_bytes(&row, certificate->issuer);
	put_names(&row, certificate, &lines);
	row_put_int(&row, certificate->not_before_s);
	row_put_int(&row, certificate->not_after_s);
	row_put_bytes(&row, certificate->key);
	row_put_bytes(&row, certificate->signature);
	row_put_int(&row, certificate->self_signed);
	row_put_blob(&row, certificate->der, certificate->der_bytes);
	r = buf_ok(&lines) ? row_run(&row, store->db, store->diag) : ERROR_MEMORY;
	buf_release(&lines);
	return r;
}

int journal_store_put_service(struct journal_store *store, const struct journal_record *record)
{
	const struct service_facts *facts = journal_record_service(record);
	struct journal_row row;
	int r = 0;

	if (service_has_certificate(facts->tls))
		r = add_certificate(store, &facts->tls->certificate);
	if (r < 0)
		return r;
	row = begin_row(store, PUT_SERVICE);
	row_put_int(&row, (int64_t)record->index);
	row_put_word(&row, transport_name(record->seen.service.transport));
	row_put_int(&row, record->seen.service.number);
	put_facts(&row, facts);
	put_tls(&row, facts->tls);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	return row_run(&row, store->db, store->diag);
}
