/* What scripts found, in the words that the text formats and XML share. */
#ifndef PORTOLAN_REPORT_FORMAT_WORDS_SCRIPTS_H
#define PORTOLAN_REPORT_FORMAT_WORDS_SCRIPTS_H

#include "report/format.h"
#include "util/buf.h"

/* The results of one place, which stand together; *ret_count may be 0. */
const struct script_report *words_scripts_of(const struct scripts_report *scripts,
					     enum script_scope scope, enum transport transport,
					     uint16_t number, size_t *ret_count);
/* What a result says to people: its text, and why it was stopped. */
void words_add_script_text(struct buf *out, const struct script_result *result);
/* The same as lines of the normal output, formats.md 2.8; nothing for an empty one. */
void words_add_script(struct buf *out, const struct script_result *result);

/* A line, whatever a stranger's text holds; NULL is fine. */
void words_add_line(struct buf *out, const char *text);
/* "21/tcp", "" for a host or the run */
const char *words_place(const struct script_place *place, char text[16]);
/* "CWE-319, https://..." */
void words_add_references(struct buf *out, const struct script_finding *finding);
/* Percent of confidence: 0..100, whatever was handed over. */
unsigned words_confidence_percent(const struct script_finding *finding);
/* "3 high, 5 medium"; false: there are none, and nothing is added. */
bool words_add_findings_total(struct buf *out, const struct format_totals *totals);

/* Is there a part for scripts in its report, even without ports? */
bool words_is_scripted(const struct host_report *host);

#endif
