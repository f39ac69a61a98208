/* engine/technique/idle.c: the scan by way of a zombie, whose IP identification
 * counts the answers it gives. The asking and counting is engine/idle.c; a
 * port that did not move the counter may be closed or filtered. */
#include "engine/technique.h"

const struct scan_technique technique_idle = {
	.name = "idle",
	.help = "let a third host's packet counter tell the open ports",
	.task = "Idle Scan",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 13,
	.scaninfo_order = 14,
	.on_silence = {.state = PORT_CLOSED_FILTERED, .reason = REASON_NO_IPID_CHANGE},
	.idle = true,
};
