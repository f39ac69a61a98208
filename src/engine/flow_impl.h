/* What the implementations of flows share. For flow*.c only. */
#ifndef PORTOLAN_ENGINE_FLOW_IMPL_H
#define PORTOLAN_ENGINE_FLOW_IMPL_H

#include "engine/flow.h"

#define FLOW_SEND_QUEUE_MAX (1024 * 1024)

#define FLOW_DATAGRAM_MAX 65507 /* 65535 without the headers of IPv4 and UDP */

/* Opens what capacity and gate have let through; a wish for TLS is not looked at. */
int flow_open_passed(struct flow_net *net, const struct flow_config *config,
		     struct flow **ret_flow);
/* Counts the end of a flow or of its attempt. */
void flow_net_count_end(struct flow_net *net, enum flow_end end);

#endif
