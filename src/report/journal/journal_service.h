/* Services in the journal: their columns, and the facts put together again
 * from rows. Writing is journal_store_service.c's. */
#ifndef PORTOLAN_REPORT_JOURNAL_SERVICE_H
#define PORTOLAN_REPORT_JOURNAL_SERVICE_H

#include "report/host_services.h"
#include "report/journal/journal_db.h"

/* In the order in which they are bound and read; before them are scan_id,
 * host, transport and number, behind them at_ns and seq. */
#define JOURNAL_SERVICE_COLUMNS                                                            \
	"outcome, name, tunnel, confidence, product, version, extrainfo, hostname,"        \
	" ostype, devicetype, cpe_a, cpe_h, cpe_o, fingerprint, probe, matched_with, file" \
	", line, sample, response_bytes, probes_sent, took_ns, tls_version, tls_cipher,"   \
	" tls_alpn, tls_server_name, certificate"
/* Behind scan_id and sha256. */
#define JOURNAL_CERTIFICATE_COLUMNS                                                       \
	"subject, issuer, names, not_before_s, not_after_s, key, signature, self_signed," \
	" der"

struct journal_service_reader {
	sqlite3 *db;
	sqlite3_stmt *of_host, *of_port, *certificate;
	struct diag *diag;
};

int journal_service_reader_init(struct journal_service_reader *reader, sqlite3 *db, int64_t scan_id,
				struct diag *diag);
void journal_service_reader_release(struct journal_service_reader *reader);
/* Adds the services of a host, in the order they were found. */
int journal_service_reader_read(struct journal_service_reader *reader, uint64_t host,
				struct host_services *services);
/* Adds that of one port, and gives its facts; NULL when there is none. */
int journal_service_reader_one(struct journal_service_reader *reader, uint64_t host,
			       enum transport transport, uint16_t number,
			       struct host_services *services,
			       const struct service_facts **ret_facts);

#endif
