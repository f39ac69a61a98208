/* What scripts found: their results, as text and as values, and findings, which say what is
 * wrong, why it matters and what helps. Made by script/ (and by whoever else has something to
 * find), carried by observations, printed by formats. Knows no Lua. */
#ifndef PORTOLAN_ENGINE_SCRIPT_RESULT_H
#define PORTOLAN_ENGINE_SCRIPT_RESULT_H

#include "net/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a result or a finding is about. */
enum script_scope {
	SCRIPT_PRE,  /* the run, before its scan */
	SCRIPT_HOST, /* the target */
	SCRIPT_PORT, /* one of its ports */
	SCRIPT_POST, /* the run, after its scan */
	SCRIPT_SCOPES
};

struct script_place {
	enum script_scope scope;
	enum transport transport; /* SCRIPT_PORT; else 0, as number */
	uint16_t number;
};

enum script_kind { SCRIPT_TEXT, SCRIPT_NUMBER, SCRIPT_BOOLEAN, SCRIPT_TABLE, SCRIPT_KINDS };

/* A value is a list of nodes: the value itself at depth 0, and behind every table its
 * entries, one deeper, in the order in which they are shown: those of its array first, which have
 * no key. */
struct script_node {
	enum script_kind kind;
	uint32_t depth;
	const char *key;  /* NULL: of an array, or not in a table */
	const char *text; /* as tostring() gives it; NULL for a table */
};

/* Texts hold any byte: whoever prints them makes them harmless. A NUL in one is written \x00.
 * Every pointer is borrowed for the call that hands the result over. */
struct script_result {
	const char *id;                  /* "http-title" */
	const char *text;                /* what people read; "" nothing */
	const struct script_node *nodes; /* the value; NULL: there is text only */
	size_t nodes_count;
	bool cut;            /* there was more than a result may hold */
	const char *stopped; /* why it was ended early: "memory limit 64 MB"; NULL: it was not */
	uint64_t took_ns;
};

enum finding_severity {
	FINDING_INFO,
	FINDING_LOW,
	FINDING_MEDIUM,
	FINDING_HIGH,
	FINDING_CRITICAL,
	FINDING_SEVERITIES
};

/* Texts as above; NULL where there is nothing to say (copies have "" for id and source). */
struct script_finding {
	const char *id;    /* "ftp-anonymous" */
	const char *title; /* "FTP lets everybody in" */
	enum finding_severity severity;
	const char *seen;              /* what was seen: "230 Login successful." */
	const char *why;               /* why it matters */
	const char *remedy;            /* what helps */
	const char *const *references; /* "CVE-2011-2523", "CWE-319", "https://..." */
	size_t references_count;
	double confidence;  /* 0..1 */
	const char *source; /* what found it: "script ftp-anon", "match line 12 of ftp.probe" */
};

/* "pre", "host", "port", "post"; "text", "number", "boolean", "table"; "info" ... "critical". */
const char *script_scope_name(enum script_scope scope);
const char *script_kind_name(enum script_kind kind);
const char *finding_severity_name(enum finding_severity severity);
/* -1: none of them. */
int script_scope_parse(const char *text);
int script_kind_parse(const char *text);
int finding_severity_parse(const char *text);

/* Places in the order in which reports show them: by scope, transport and number. */
int script_place_compare(const struct script_place *a, const struct script_place *b);

#endif
