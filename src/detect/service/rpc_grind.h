/* Which ONC RPC program is behind a port (features.md SV-21): the null procedure of each known
 * program is called in a version that nobody has; who has the program answers with the
 * versions it does have (RFC 5531, 9: PROG_MISMATCH). One connection, several calls at a time. */
#ifndef PORTOLAN_DETECT_SERVICE_RPC_GRIND_H
#define PORTOLAN_DETECT_SERVICE_RPC_GRIND_H

#include "detect/service/rpc_programs.h"
#include "engine/flow.h"

struct rpc_grind;

struct rpc_grind_config {
	struct loop *loop;
	struct flow_net *flows;
	struct flow_config flow; /* where to; deadline, budget and events are the grinder's */
	const struct rpc_programs *programs;
	/* From the loop. program NULL: none that is known, or no RPC. */
	void (*done)(void *self, const struct rpc_program *program, uint32_t low, uint32_t high);
	void *self;
};

/* ERROR_MEMORY, or what flow_open() says. */
int rpc_grind_start(const struct rpc_grind_config *config, struct rpc_grind **ret_grind);
/* Before done(), or after; NULL is fine. */
void rpc_grind_free(struct rpc_grind *grind);

/* One call, as it is sent in a datagram: 40 bytes. */
#define RPC_CALL_BYTES 40u
void rpc_call_build(uint32_t xid, uint32_t program, uint8_t ret_call[RPC_CALL_BYTES]);

struct rpc_reply {
	uint32_t xid;
	uint32_t state; /* accept_stat: 0 success, 1 unknown program, 2 other versions ... */
	uint32_t low, high;
};
/* False: no accepted reply. */
bool rpc_reply_parse(const uint8_t *bytes, size_t count, struct rpc_reply *ret_reply);

#endif
