#include "engine/prober.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

static int list_push(struct probe_again_list *list, const struct probe_again *probe)
{
	if (list->count == list->cap) {
		uint32_t cap = list->cap ? list->cap * 2 : 16;
		struct probe_again *at = alloc_array(cap, sizeof(*at));
		uint32_t i;

		if (!at)
			return ERROR_MEMORY;
		for (i = 0; i < list->count; i++)
			at[i] = list->at[(list->head + i) & (list->cap - 1)];
		alloc_free(list->at);
		*list = (struct probe_again_list){at, 0, list->count, cap};
	}
	list->at[(list->head + list->count++) & (list->cap - 1)] = *probe;
	return 0;
}

static bool list_pop(struct probe_again_list *list, struct probe_again *ret_probe)
{
	if (!list->count)
		return false;
	*ret_probe = list->at[list->head];
	list->head = (list->head + 1) & (list->cap - 1);
	list->count--;
	return true;
}

void prober_init(struct prober *prober, const uint16_t *order, uint32_t order_count,
		 unsigned retries_cap)
{
	*prober = (struct prober){
		.order = order,
		.order_count = order_count,
		.retries_cap = retries_cap,
	};
}

void prober_release(struct prober *prober)
{
	alloc_free(prober->heard);
	alloc_free(prober->again.at);
	alloc_free(prober->bench.at);
	*prober = (struct prober){0};
}

/* ---- what was heard of each port ---- */

int prober_track(struct prober *prober, const uint16_t *place_of)
{
	prober->place_of = place_of;
	prober->heard = alloc_zero(prober->order_count / 4 + 1);
	return prober->heard ? 0 : ERROR_MEMORY;
}

static uint32_t place_of(const struct prober *prober, uint16_t port)
{
	return prober->place_of ? prober->place_of[port] : port;
}

unsigned prober_heard(const struct prober *prober, uint16_t port)
{
	uint32_t place = place_of(prober, port);

	if (!prober->heard || place >= prober->order_count)
		return 0;
	return (unsigned)prober->heard[place / 4] >> place % 4 * 2 & 3u;
}

void prober_note_heard(struct prober *prober, uint16_t port, unsigned what)
{
	uint32_t place = place_of(prober, port);
	unsigned shift = place % 4 * 2;

	if (!prober->heard || place >= prober->order_count)
		return;
	prober->heard[place / 4] =
		(uint8_t)((prober->heard[place / 4] & ~(3u << shift)) | (what & 3u) << shift);
}

/* Pops the next that was not answered meanwhile. */
static bool pop_unheard(struct prober *prober, struct probe_again_list *list,
			struct probe_again *ret_probe)
{
	while (list_pop(list, ret_probe))
		if (!prober_heard(prober, ret_probe->port))
			return true;
	return false;
}

bool prober_was_asked(const struct prober *prober, uint16_t port)
{
	return prober->heard && place_of(prober, port) < prober->cursor;
}

bool prober_answered_late(struct prober *prober, uint16_t port, unsigned attempt)
{
	if (prober_heard(prober, port))
		return false;
	attempts_note(&prober->attempts, attempt);
	prober->done++;
	return true;
}

/* ---- how often ---- */

/* How many sends a port deserves: two, one more than the highest attempt that
 * any port of this host needed, and what the measured loss asks for. */
static unsigned sends_wanted(const struct prober *prober)
{
	unsigned wanted = 1 + (prober->best_attempt > 1 ? prober->best_attempt : 1);

	return wanted > prober->sends_least ? wanted : prober->sends_least;
}

unsigned prober_sends(const struct prober *prober)
{
	unsigned wanted = sends_wanted(prober);

	return wanted < prober->retries_cap + 1 ? wanted : prober->retries_cap + 1;
}

uint32_t prober_wait_ms(const struct prober *prober)
{
	uint32_t passed_ms;

	if (!prober->again.count || !prober->again_wait_ms)
		return 0;
	passed_ms = prober->now_ms - prober->again.at[prober->again.head].sent_ms;
	return passed_ms < prober->again_wait_ms ? prober->again_wait_ms - passed_ms : 0;
}

static bool again_is_due(const struct prober *prober)
{
	return prober->again.count && !prober->again_held && !prober_wait_ms(prober);
}

bool prober_has_work(const struct prober *prober)
{
	return again_is_due(prober) || prober->cursor < prober->order_count;
}

enum prober_next prober_next(struct prober *prober, struct probe_again *ret_probe)
{
	if (again_is_due(prober) && pop_unheard(prober, &prober->again, ret_probe)) {
		prober->in_flight++;
		return PROBER_SEND;
	}
	if (prober->cursor < prober->order_count) {
		*ret_probe = (struct probe_again){.port = prober->order[prober->cursor++]};
		prober->in_flight++;
		return PROBER_SEND;
	}
	if (prober->in_flight || prober->again.count)
		return PROBER_WAIT;
	return prober->bench.count ? PROBER_SILENT : PROBER_DONE;
}

/* A late attempt was answered, so attempts get lost here: what was given up
 * on deserves another. */
static void recall_bench(struct prober *prober)
{
	struct probe_again probe;
	uint32_t left = prober->bench.count;

	while (left-- && list_pop(&prober->bench, &probe)) {
		struct probe_again_list *to =
			probe.attempts < prober_sends(prober) ? &prober->again : &prober->bench;

		if (list_push(to, &probe) < 0) {
			/* The pop left room on the bench. */
			(void)list_push(&prober->bench, &probe);
			return;
		}
	}
}

void prober_want_sends(struct prober *prober, unsigned sends)
{
	if (sends <= prober->sends_least)
		return;
	prober->sends_least = sends;
	if (prober->bench.count)
		recall_bench(prober);
}

unsigned prober_answered(struct prober *prober, const struct probe_again *probe)
{
	prober->in_flight--;
	prober->done++;
	attempts_note(&prober->attempts, probe->attempts);
	if (probe->attempts > prober->best_attempt) {
		prober->best_attempt = probe->attempts;
		if (probe->attempts > 1 && prober->bench.count)
			recall_bench(prober);
	}
	return probe->attempts - 1u;
}

int prober_unanswered(struct prober *prober, const struct probe_again *probe)
{
	struct probe_again_list *to = &prober->bench;
	int r;

	prober->in_flight--;
	if (probe->attempts < prober_sends(prober))
		to = &prober->again;
	else if (probe->attempts < sends_wanted(prober))
		prober->cap_hit = true;
	r = list_push(to, probe);
	if (r < 0)
		prober->done++;
	return r;
}

int prober_unsent(struct prober *prober, const struct probe_again *probe)
{
	int r;

	prober->in_flight--;
	r = list_push(&prober->again, probe);
	if (r < 0)
		prober->done++;
	return r;
}

void prober_dropped(struct prober *prober)
{
	prober->in_flight--;
	prober->done++;
}

void prober_give_up(struct prober *prober)
{
	struct probe_again probe;

	while (pop_unheard(prober, &prober->again, &probe))
		if (list_push(&prober->bench, &probe) < 0)
			prober->done++;
	while (prober->cursor < prober->order_count) {
		probe = (struct probe_again){.port = prober->order[prober->cursor++]};
		if (list_push(&prober->bench, &probe) < 0)
			prober->done++;
	}
}

void prober_abandon(struct prober *prober)
{
	struct probe_again probe;

	while (pop_unheard(prober, &prober->again, &probe))
		prober->done++;
	while (pop_unheard(prober, &prober->bench, &probe))
		prober->done++;
	prober->done += prober->order_count - prober->cursor;
	prober->cursor = prober->order_count;
}

bool prober_take_silent(struct prober *prober, struct probe_again *ret_probe)
{
	if (!pop_unheard(prober, &prober->bench, ret_probe))
		return false;
	prober->done++;
	return true;
}
