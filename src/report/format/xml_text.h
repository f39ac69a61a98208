/* Text inside XML (formats.md 4.1): pure ASCII, escaped so that nothing a
 * stranger wrote can end an attribute, a comment or an instruction. */
#ifndef PORTOLAN_REPORT_FORMAT_XML_TEXT_H
#define PORTOLAN_REPORT_FORMAT_XML_TEXT_H

#include "util/buf.h"

void xml_add_text(struct buf *out, const char *text);
/* SP name="value", the value escaped. */
void xml_add_attribute(struct buf *out, const char *name, const char *value);

#endif
