/* What verdicts mean together: which of two on one port holds, and what one on
 * a probe says of its host. */
#ifndef PORTOLAN_ENGINE_VERDICT_MERGE_H
#define PORTOLAN_ENGINE_VERDICT_MERGE_H

#include "engine/technique.h"

/* A port of state `old_state` gets a second answer that says `new_state`: does
 * that hold now (features.md SC-21)? Silence is no answer; do not ask for it. */
bool verdict_replaces(const struct scan_technique *technique, enum port_state old_state,
		      enum port_state new_state);

/* For discovery (HD-17): up when the target itself must have answered, down
 * when the probe came too far, else unknown: not yet answered. from_target is
 * the response's. */
enum host_state verdict_host_state(const struct verdict *verdict, bool from_target);

#endif
