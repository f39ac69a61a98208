/* A scan technique is one const descriptor that answers every question about
 * itself; the registry is technique/all.def. Techniques that need raw packets
 * gain build and judge members with the packet engine; a flow technique says
 * what the end of a connection attempt means. */
#ifndef PORTOLAN_ENGINE_TECHNIQUE_H
#define PORTOLAN_ENGINE_TECHNIQUE_H

#include "engine/flow.h"
#include "engine/verdict.h"
#include "net/transport.h"

struct scan_technique {
	const char *name;     /* "tcp-connect" */
	char letter;          /* of -s<letter> */
	const char *help;     /* one line for --help */
	const char *task;     /* "Connect Scan": progress lines, formats.md 2.14 */
	const char *scaninfo; /* "connect": XML scaninfo type */
	enum transport transport;
	int order;          /* of execution, SC-19 */
	int scaninfo_order; /* of scaninfo elements, formats.md 4.3 */
	struct verdict on_silence;
	/* The verdict of a finished connection attempt. PORT_UNKNOWN: none (ask again). */
	struct verdict (*judge_flow)(const struct flow_event *event);
};

/* All techniques, by order. */
const struct scan_technique *const *technique_all(size_t *ret_count);
const struct scan_technique *technique_by_letter(char letter);    /* NULL */
const struct scan_technique *technique_by_name(const char *name); /* NULL */

#endif
