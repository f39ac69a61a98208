/* The parts of the XML format (xml.c); nobody else includes it. */
#ifndef PORTOLAN_REPORT_FORMAT_XML_H
#define PORTOLAN_REPORT_FORMAT_XML_H

#include "report/format.h"
#include "util/buf.h"

void xml_add_begin(struct buf *out, const struct format_context *context);
void xml_add_end(struct buf *out, const struct format_totals *totals);
void xml_add_hint(struct buf *out, const struct format_context *context,
		  const struct host_report *host);
void xml_add_host(struct buf *out, const struct format_context *context,
		  const struct host_report *host);
/* From os to tcptssequence; nothing when it was not looked for. */
void xml_add_system(struct buf *out, const struct format_context *context,
		    const struct host_report *host);
/* Of a port, of a host, of the run. */
void xml_add_port_scripts(struct buf *out, const struct host_report *host,
			  const struct port_report *port);
void xml_add_host_scripts(struct buf *out, const struct host_report *host);
void xml_add_block(struct buf *out, const struct format_block *block);
void xml_add_path(struct buf *out, const struct plan *plan, const struct host_report *host);

#endif
