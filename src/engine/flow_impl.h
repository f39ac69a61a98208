/* What the implementations of flows share. For flow*.c only. */
#ifndef PORTOLAN_ENGINE_FLOW_IMPL_H
#define PORTOLAN_ENGINE_FLOW_IMPL_H

#include "engine/flow.h"

#define FLOW_SEND_QUEUE_MAX (1024 * 1024)

/* Counts the end of a flow or of its attempt. */
void flow_net_count_end(struct flow_net *net, enum flow_end end);

#endif
