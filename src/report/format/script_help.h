/* --script-help as a document (formats.md 4.8): begin, each script, end. */
#ifndef PORTOLAN_REPORT_FORMAT_SCRIPT_HELP_H
#define PORTOLAN_REPORT_FORMAT_SCRIPT_HELP_H

#include "script/script_head.h"
#include "util/buf.h"

/* The folder of scripts and that of their libraries. */
void script_help_xml_begin(struct buf *out, const char *scripts, const char *libraries);
void script_help_xml_add(struct buf *out, const char *path, const struct script_head *head);
void script_help_xml_end(struct buf *out);

#endif
