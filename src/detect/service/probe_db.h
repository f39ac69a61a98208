/* What the files that make a database share: the database itself, what is
 * known of it while its texts are read, and the line that is being read. */
#ifndef PORTOLAN_DETECT_SERVICE_PROBE_DB_H
#define PORTOLAN_DETECT_SERVICE_PROBE_DB_H

#include "detect/service/probes.h"
#include "net/port_list.h"
#include "util/arena.h"

struct probe_db {
	struct arena arena; /* owns all of it, the texts that names point into, too */
	enum probe_manner manner;
	struct service_probe *probes;
	size_t probes_count;
	struct match_line *lines;
	size_t lines_count;
	const char **files;
	size_t files_count;
	struct port_rules *excluded; /* NULL: none */
	const struct service_probe *null_probe;
};

/* A place in a text, for errors that show later. */
struct probe_place {
	uint16_t file;
	uint32_t line;
	unsigned column;
};

/* A number that a directive gave; place.line 0: none did. */
struct probe_setting {
	uint32_t value;
	struct probe_place place;
};

/* A probe as far as it was read. */
struct probe_draft {
	struct service_probe probe;  /* name, transport, bytes, no_payload; the rest is made last */
	struct buf ports, ssl_ports; /* of struct port_range, as they came */
	struct probe_setting rarity, total_wait, wrapped;
	struct {
		const char *name;
		struct probe_place place;
	} fallbacks[PROBE_FALLBACKS_MAX];
	size_t fallbacks_count;
	size_t lines_count;
};

/* A match line as far as it was read: id is the place of the draft it belongs to. */
struct match_draft {
	struct match_line line;
	const char *finding_id; /* NULL: it says nothing of one */
	struct probe_place finding_place;
};

struct finding_draft;

/* A database while its texts are read. */
struct probe_build {
	struct probe_db *db;
	struct diag *diag;
	const struct text_file *texts; /* for their names */
	struct probe_draft *drafts;
	size_t drafts_count, drafts_room;
	struct match_draft *lines;
	size_t lines_count, lines_room;
	struct finding_draft *findings; /* the arena's; the last one first */
	/* The line that is read: from `begin`, next is `at`, a NUL at `end` and none before.
	 * It is the database's copy, so a word is kept by ending it with a NUL. */
	char *begin, *at, *end;
	struct probe_place place;    /* file and line */
	struct probe_draft *current; /* NULL before the first Probe of the text */
	bool has_exclude;            /* the text had its Exclude */
};

/* What is wrong at `at` of the line, spoken with file, line and column. Gives ERROR_SYNTAX. */
int probe_wrong(const struct probe_build *build, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for another place, and any error. */
int probe_wrong_at(const struct probe_build *build, struct probe_place place, int error,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));
struct probe_place probe_place_of(const struct probe_build *build, const char *at);

static inline bool probe_is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f';
}
void probe_skip_blanks(struct probe_build *build);

/* Takes from the delimiter at `at` to its next occurrence, which becomes a NUL; `what` is
 * for words. */
int probe_take_delimited(struct probe_build *build, const char *what, char **ret_text,
			 size_t *ret_bytes);

/* Reads a text into the build. */
int probe_parse_text(struct probe_build *build, uint16_t file);
/* What follows "Probe ", "Finding ", and "match " or "softmatch ". */
int probe_parse_probe(struct probe_build *build);
int probe_parse_finding(struct probe_build *build);
int probe_parse_match(struct probe_build *build, bool soft);

/* A draft for the probe, or the one that the name has. It becomes `current`. */
int probe_build_probe(struct probe_build *build, const struct service_probe *probe);
int probe_build_line(struct probe_build *build, const struct match_draft *line);
/* Gives the lines the findings that they name. */
int probe_build_resolve_findings(struct probe_build *build);
/* Makes the database's tables of what was read. */
int probe_build_finish(struct probe_build *build);
void probe_build_release(struct probe_build *build);

#endif
