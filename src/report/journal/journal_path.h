/* Where the journal lives and with which rights. Knows files, not SQLite. */
#ifndef PORTOLAN_REPORT_JOURNAL_PATH_H
#define PORTOLAN_REPORT_JOURNAL_PATH_H

#include "report/out.h"

/* Makes the folders above `path` (mode 0700) and the file (0600, empty), both
 * given to the owner, where they are missing. What was there keeps its owner
 * and mode. ERROR_PERMISSION, ERROR_IO, ERROR_MEMORY; words in diag. */
int journal_path_prepare(const char *path, const struct out_owner *owner, struct diag *diag);

#endif
