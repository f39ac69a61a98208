/* Going on with a scan that was stopped (formats.md 11), from a log in normal,
 * grepable or XML format, ours or nmap's, or from the journal.
 *
 * nmap scans in order and looks for the last host of the log. Our hosts
 * finish in any order, so every host whose block is whole counts as done, and
 * no other: a block that the end of the file cuts off is scanned again. Files
 * of nmap give the same answer either way, as its blocks stand in order, with
 * one difference: hosts that nmap found down and did not print are asked
 * again. */
#ifndef PORTOLAN_API_RESUME_H
#define PORTOLAN_API_RESUME_H

#include "api/words.h"
#include "engine/plan.h"
#include "net/addrset.h"

/* The arguments of the run that wrote the log, its program's name left out.
 * ERROR_CORRUPT: not a log, or one without a command line. */
int resume_arguments(const char *text, size_t bytes, struct words *ret_words, struct diag *diag);

/* Adds the addresses whose blocks are whole (resume_finished.c). `scans_ports`
 * as the log's arguments say: a block without ports is then not whole.
 * ERROR_MEMORY. */
int resume_finished(const char *text, size_t bytes, bool scans_ports, struct addrset *done);

/* Reads a whole log file. ERROR_IO, ERROR_LIMIT (too large), ERROR_CORRUPT
 * (less than 20 bytes) with words. alloc_free() the text. */
int resume_read(const char *path, char **ret_text, size_t *ret_bytes, struct diag *diag);

/* Is it the number of a scan in the journal, and no file? */
bool resume_is_journal(const char *from);
/* The plan of that scan as it was stored, resume_from set; 0 is the newest. */
int resume_journal_plan(const char *from, struct plan **ret_plan, struct diag *diag);
/* Adds what is finished, by the journal or by the log that resume_from names. */
int resume_journal_hosts(const struct plan *plan, struct addrset *done, struct diag *diag);
int resume_log_hosts(const struct plan *plan, struct addrset *done, struct diag *diag);

/* The hosts that a plan with resume_from must leave out: of the log, or, when
 * resume_from is a number and no such file exists, of that scan in the journal.
 * addrset_free() the set. */
int resume_done_hosts(const struct plan *plan, struct addrset **ret_done, struct diag *diag);

#endif
