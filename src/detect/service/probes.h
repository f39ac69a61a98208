/* The probes and match lines that services are told apart by, in the grammar
 * of formats.md 6. A database is one file in the format of Nmap's
 * nmap-service-probes, or a set of files with one protocol each (data/services/,
 * compiled in). Read-only once it is made; shared by threads.
 * Knows texts and tables, no network and no time. */
#ifndef PORTOLAN_DETECT_SERVICE_PROBES_H
#define PORTOLAN_DETECT_SERVICE_PROBES_H

#include "engine/script_result.h"
#include "net/portset.h"
#include "net/transport.h"
#include "util/files.h"

/* A set of ports as the lists of a probe are: sorted, disjoint ranges. */
struct port_ranges {
	const struct port_range {
		uint16_t first, last;
	} * ranges;
	size_t count;
};
bool port_ranges_has(const struct port_ranges *set, uint16_t port);

/* The fields that a line's templates fill; the order is that of struct service_facts. */
enum match_field {
	MATCH_PRODUCT,
	MATCH_VERSION,
	MATCH_EXTRAINFO,
	MATCH_HOSTNAME,
	MATCH_OSTYPE,
	MATCH_DEVICETYPE,
	MATCH_CPE_A,
	MATCH_CPE_H,
	MATCH_CPE_O,
	MATCH_FIELDS
};

struct match_line {
	const char *service;    /* without "ssl/" */
	const uint8_t *pattern; /* PCRE2, byte mode; not terminated */
	uint16_t pattern_bytes;
	bool soft;
	bool tunnel;                         /* was "ssl/NAME" */
	bool caseless, dot_all;              /* flags i, s */
	const char *templates[MATCH_FIELDS]; /* NULL: not given. CPEs with their "cpe:/" */
	/* What a match says is wrong, without `seen` and `source`; NULL: nothing. */
	const struct script_finding *finding;
	uint16_t file; /* place in probe_db_file() */
	uint32_t line; /* in that file, from 1 */
	uint32_t id;   /* place among all match lines of the database */
};

/* A hard "ssl" or "dtls": what lies inside is another question (formats.md 7.6). */
bool match_line_is_tunnel(const struct match_line *line);

struct service_probe {
	const char *name;
	enum transport transport; /* TCP or UDP */
	const uint8_t *bytes;     /* what is sent; NULL probe: none */
	size_t bytes_count;
	struct port_ranges ports, ssl_ports;
	uint8_t rarity; /* 1..9 */
	uint32_t total_wait_ms, wrapped_ms;
	bool no_payload;
	uint32_t id; /* place in probe_db_probe() */
	/* In order; the NULL probe, whose turn comes after them, only when it was named. */
	const struct service_probe *const *fallbacks;
	size_t fallbacks_count;
	/* Its lines, in order. */
	const struct match_line *lines;
	size_t lines_count;
	/* What its lines recognise: each service once, sorted. */
	const char *const *services;
	size_t services_count;
};

/* How answers of a database are chosen. */
enum probe_manner {
	/* Nmap's: the first line that matches (formats.md 7.4), and what closes
	 * without a word is tcpwrapped at once. For files in Nmap's format. */
	MANNER_FIRST,
	/* Ours: of all lines that match, the most telling. */
	MANNER_BEST,
};

struct probe_db;

#define PROBE_LINE_MAX      8190u /* bytes of a line, without its LF */
#define PROBE_FALLBACKS_MAX 18u
#define PROBES_MAX          4096u
#define PROBE_MATCHES_MAX   500000u
#define PROBE_TEXT_MAX      (32u << 20) /* bytes of all texts */

/* A text's name is a path, for messages; its last part is the evidence: "http.probe".
 * Several texts make one database: a probe of the same transport and name in
 * two texts is one probe (its strings, and a rarity or time that both give, must be
 * equal), its ports, fallbacks and lines add up in the order of the texts. With MANNER_BEST the
 * probes are ordered by rarity, then by their first place; with MANNER_FIRST by place. Patterns are
 * not compiled here (matcher.h). ERROR_SYNTAX or ERROR_LIMIT with the file's name, line, column and
 * words, all of it in the diag's text, too; ERROR_MEMORY. */
int probe_db_parse(const struct text_file *texts, size_t count, enum probe_manner manner,
		   struct probe_db **ret_db, struct diag *diag);
/* The compiled-in signatures. */
int probe_db_builtin(struct probe_db **ret_db);
/* From a file (MANNER_FIRST), or a folder of *.probe files in order of their names (MANNER_BEST).
 * Missing is ERROR_NOT_FOUND, else ERROR_IO. */
int probe_db_load(const char *path, struct probe_db **ret_db, struct diag *diag);
void probe_db_free(struct probe_db *db); /* NULL is fine */

enum probe_manner probe_db_manner(const struct probe_db *db);
size_t probe_db_probes(const struct probe_db *db);
const struct service_probe *probe_db_probe(const struct probe_db *db, size_t place);
/* By name; NULL: none. */
const struct service_probe *probe_db_find(const struct probe_db *db, enum transport transport,
					  const char *name);
const struct service_probe *probe_db_null(const struct probe_db *db); /* NULL: it has none */
size_t probe_db_lines(const struct probe_db *db); /* match and softmatch lines */
const struct match_line *probe_db_line(const struct probe_db *db, size_t id);
const char *probe_db_file(const struct probe_db *db, size_t file);
/* Ports that are never probed (Exclude). */
bool probe_db_excludes(const struct probe_db *db, enum transport transport, uint16_t port);
/* Does the probe, with no regard to fallbacks, have a line for this service? (SV-06) */
bool service_probe_knows(const struct service_probe *probe, const char *service);

#endif
