/* What --script-help prints of a script (nse-api.md 3). The XML of it is report's. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_HELP_H
#define PORTOLAN_SCRIPT_SCRIPT_HELP_H

#include "script/script_head.h"
#include "util/buf.h"

/* An empty line, the id, the categories, and the description indented; safe to show. */
void script_help_add(struct buf *out, const char *id, const struct script_head *head);

#endif
