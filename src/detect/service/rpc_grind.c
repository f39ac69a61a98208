#include "detect/service/rpc_grind.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/reader.h"

#include <string.h>

#define VERSION_OF_NOBODY 0x70ca7000u
#define XID_BASE          0x50540000u
#define AT_ONCE           16u
#define AGAIN_NS          NS_PER_S
#define AGAIN_MOST        2u
#define DEADLINE_NS       (20 * NS_PER_S)
#define RECEIVE_MOST      (256u << 10)
#define RECORD_MOST       1024u

#define RPC_VERSION   2u
#define REPLY         1u
#define PROG_UNAVAIL  1u
#define PROG_MISMATCH 2u
#define VERF_MOST     400u /* RFC 5531, 8.2 */

struct rpc_grind {
	struct rpc_grind_config config;
	struct flow *flow;
	struct buf record; /* TCP: what came and is no whole record yet */
	struct timer again;
	unsigned agains;
	size_t first, next; /* programs answered for all before; to be asked next */
	uint8_t *answered;  /* of each program */
};

static void put_be32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

void rpc_call_build(uint32_t xid, uint32_t program, uint8_t ret_call[RPC_CALL_BYTES])
{
	/* No credentials, no verifier; procedure 0. */
	memset(ret_call, 0, RPC_CALL_BYTES);
	put_be32(ret_call, xid);
	put_be32(ret_call + 8, RPC_VERSION);
	put_be32(ret_call + 12, program);
	put_be32(ret_call + 16, VERSION_OF_NOBODY);
}

bool rpc_reply_parse(const uint8_t *bytes, size_t count, struct rpc_reply *ret_reply)
{
	struct reader in = reader_of(bytes, count);
	struct rpc_reply reply = {.xid = read_be32(&in)};
	uint32_t kind = read_be32(&in), denied = read_be32(&in), verf_bytes;

	reader_skip(&in, 4); /* the verifier's flavour */
	verf_bytes = read_be32(&in);
	if (kind != REPLY || denied || verf_bytes > VERF_MOST)
		return false;
	reader_skip(&in, (verf_bytes + 3u) & ~3u);
	reply.state = read_be32(&in);
	if (reply.state == PROG_MISMATCH) {
		reply.low = read_be32(&in);
		reply.high = read_be32(&in);
	}
	if (!reader_ok(&in) || reply.low > reply.high)
		return false;
	*ret_reply = reply;
	return true;
}

static bool is_stream(const struct rpc_grind *grind)
{
	return grind->config.flow.transport == TRANSPORT_TCP;
}

static void finish(struct rpc_grind *grind, const struct rpc_program *program, uint32_t low,
		   uint32_t high)
{
	loop_timer_cancel(grind->config.loop, &grind->again);
	if (grind->flow)
		flow_close(grind->flow);
	grind->flow = NULL;
	grind->config.done(grind->config.self, program, low, high);
}

static int ask(struct rpc_grind *grind, size_t place)
{
	uint8_t record[4 + RPC_CALL_BYTES];

	put_be32(record, 0x80000000u | RPC_CALL_BYTES); /* last fragment; RFC 5531, 11 */
	rpc_call_build(XID_BASE + (uint32_t)place,
		       rpc_programs_at(grind->config.programs, place)->number, record + 4);
	if (is_stream(grind))
		return flow_send(grind->flow, record, sizeof(record));
	return flow_send(grind->flow, record + 4, RPC_CALL_BYTES);
}

/* Keeps AT_ONCE calls under way; false: the connection takes no more. */
static bool ask_more(struct rpc_grind *grind)
{
	size_t count = rpc_programs_count(grind->config.programs);

	while (grind->first < count && grind->answered[grind->first])
		grind->first++;
	for (; grind->next < count && grind->next < grind->first + AT_ONCE; grind->next++)
		if (ask(grind, grind->next) < 0)
			return false;
	return grind->first < count;
}

static void ask_again(void *self)
{
	struct rpc_grind *grind = self;
	size_t place;

	if (grind->agains++ >= AGAIN_MOST) {
		finish(grind, NULL, 0, 0);
		return;
	}
	for (place = grind->first; place < grind->next; place++)
		if (!grind->answered[place])
			(void)ask(grind, place);
	(void)loop_timer_set(grind->config.loop, &grind->again,
			     loop_now_ns(grind->config.loop) + AGAIN_NS);
}

static void wait_for_answers(struct rpc_grind *grind)
{
	grind->agains = 0;
	if (!is_stream(grind))
		(void)loop_timer_set(grind->config.loop, &grind->again,
				     loop_now_ns(grind->config.loop) + AGAIN_NS);
}

/* False: it is over, and done() was called. */
static bool on_reply(struct rpc_grind *grind, const uint8_t *bytes, size_t count)
{
	struct rpc_reply reply;
	size_t place;

	if (!rpc_reply_parse(bytes, count, &reply) || reply.xid - XID_BASE >= grind->next)
		return true; /* not to us, or a refusal: a stranger's word ends nothing */
	place = reply.xid - XID_BASE;
	if (reply.state == PROG_MISMATCH) {
		finish(grind, rpc_programs_at(grind->config.programs, place), reply.low,
		       reply.high);
		return false;
	}
	grind->answered[place] = true;
	if (!ask_more(grind)) {
		finish(grind, NULL, 0, 0);
		return false;
	}
	wait_for_answers(grind);
	return true;
}

/* Whole records of the stream, one by one; those of several fragments are nobody's answer to a
 * call without arguments. */
static void on_stream(struct rpc_grind *grind, const struct flow_event *event)
{
	struct buf *record = &grind->record;

	buf_add(record, event->data, event->data_bytes);
	while (buf_ok(record) && record->len >= 4) {
		struct reader in = reader_of(record->data, record->len);
		uint32_t mark = read_be32(&in), bytes = mark & 0x7fffffffu;

		if (!(mark & 0x80000000u) || bytes > RECORD_MOST) {
			finish(grind, NULL, 0, 0);
			return;
		}
		if (record->len < 4 + (size_t)bytes)
			return;
		if (!on_reply(grind, record->data + 4, bytes))
			return;
		buf_drop_front(record, 4 + (size_t)bytes);
	}
	if (!buf_ok(record))
		finish(grind, NULL, 0, 0);
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct rpc_grind *grind = self;

	switch (event->kind) {
	case FLOW_CONNECTED:
		if (ask_more(grind))
			wait_for_answers(grind);
		else
			finish(grind, NULL, 0, 0);
		break;
	case FLOW_DATA:
		if (is_stream(grind))
			on_stream(grind, event);
		else
			(void)on_reply(grind, event->data, event->data_bytes);
		break;
	case FLOW_CLOSED:
		grind->flow = NULL;
		finish(grind, NULL, 0, 0);
		break;
	case FLOW_SENT: /* not asked for */
		break;
	}
}

int rpc_grind_start(const struct rpc_grind_config *config, struct rpc_grind **ret_grind)
{
	struct rpc_grind *grind = alloc_zero(sizeof(*grind));
	struct flow_config flow = config->flow;
	int r = ERROR_MEMORY;

	if (!grind)
		return ERROR_MEMORY;
	grind->config = *config;
	grind->again.fire = ask_again;
	grind->again.self = grind;
	grind->answered = alloc_zero(rpc_programs_count(config->programs) + 1);
	flow.deadline_ns = loop_now_ns(config->loop) + DEADLINE_NS;
	flow.receive_bytes_max = RECEIVE_MOST;
	flow.writes = true;
	flow.orderly = true;
	flow.event = on_event;
	flow.self = grind;
	if (grind->answered)
		r = flow_open(config->flows, &flow, &grind->flow);
	if (r < 0) {
		rpc_grind_free(grind);
		return r;
	}
	*ret_grind = grind;
	return 0;
}

void rpc_grind_free(struct rpc_grind *grind)
{
	if (!grind)
		return;
	loop_timer_cancel(grind->config.loop, &grind->again);
	if (grind->flow)
		flow_close(grind->flow);
	buf_release(&grind->record);
	alloc_free(grind->answered);
	alloc_free(grind);
}
