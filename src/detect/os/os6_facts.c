/* The facts of a host, from its replies: what the model says, or that it does not know. */
#include "detect/os/os6_model.h"
#include "detect/os/os6_private.h"
#include "detect/os/os_fitness.h"
#include "engine/target_special.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PERCENT     100
#define SEQUENCE_US 500000u
#define US_PER_MS   1000u

struct telling {
	const struct os6 *os6;
	struct arena arena;
	const struct os6_model *model; /* the scan's */
	struct os6_features features;
	struct os6_verdict verdict;
	struct os_found found;
	struct os_class_match class_match;
};

/* ---- how it was seen ---- */

static void tell_distance(const struct os6 *os6, struct system_facts *facts)
{
	if (os6->local) {
		facts->distance_by = 'L';
	} else if (os6->neighbour) {
		facts->distance = 1;
		facts->distance_by = 'D';
	} else if (os6->quoted_hops >= 0) {
		facts->distance = os6->quoted_hops + 1;
		facts->distance_by = 'I';
	}
	facts->has_distance = facts->distance_by != 0;
}

static void tell_ports(const struct os6 *os6, struct system_facts *facts)
{
	const struct system_order *order = os6->job->order;

	facts->open_tcp = order->open_tcp;
	facts->closed_tcp = order->closed_tcp;
	facts->closed_udp = order->closed_udp;
	if (order->closed_udp < 0 && os6->port_known)
		facts->closed_udp = os6->base.closed_udp;
	facts->unreliable = order->open_tcp < 0 || order->closed_tcp < 0;
}

static const char *unfit_reason(const struct os6 *os6, const struct system_facts *facts)
{
	const struct system_order *order = os6->job->order;
	const struct os_conditions conditions = {
		.ip_version = 6,
		.scan_delay_ms = (uint32_t)(order->scan_delay_ns / NS_PER_MS),
		.timing_level = (unsigned)os6->job->config->plan->timing.level,
		.has_open_tcp = order->open_tcp >= 0,
		.has_closed_tcp = order->closed_tcp >= 0,
		.has_closed_udp = facts->closed_udp >= 0,
		.has_distance = facts->has_distance,
		.distance = facts->distance,
		.send_failed = os6_round_send_failed(&os6->round),
	};

	return os_unfit_reason(&conditions);
}

/* How much longer S1 to S6 took than they should. */
static uint32_t late_ms(const struct os6_print *print)
{
	const struct os6_reply *first = &print->replies[OS6_S1], *last = &print->replies[OS6_S6];
	uint64_t took_us = last->sent_us - first->sent_us;

	if (!first->seen || !last->seen || took_us <= SEQUENCE_US)
		return 0;
	return (uint32_t)((took_us - SEQUENCE_US) / US_PER_MS);
}

static void tell_effort(const struct os6 *os6, struct system_facts *facts)
{
	int probe;

	facts->incomplete = os6->incomplete;
	facts->rounds = os6->begun;
	facts->probes_sent = os6->sent;
	for (probe = 0; probe < OS6_PROBES; probe++)
		facts->probes_answered += os6->print.replies[probe].seen;
	facts->late_ms = late_ms(&os6->print);
	facts->took_ns = loop_now_ns(os6->job->config->loop) - os6->started_ns;
}

/* ---- what the model says ---- */

static struct os6_manner manner_of(const struct os6 *os6, const struct system_facts *facts)
{
	struct os6_manner manner = {.has_distance = facts->has_distance,
				    .distance = facts->distance,
				    .distance_by = facts->distance_by};
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++)
		manner.asked[probe] = os6->round.asked[probe].sends > 0;
	return manner;
}

static const char *running_name(const struct os_class *class, struct arena *arena)
{
	bool same = strcmp(class->vendor, class->family) == 0;
	char name[256];

	(void)snprintf(name, sizeof(name), "%s%s%s%s%s", same ? "" : class->vendor, same ? "" : " ",
		       class->family, class->generation ? " " : "",
		       class->generation ? class->generation : "");
	return arena_strdup(arena, name);
}

static int tell_summary(struct telling *telling, const struct os_class *class, unsigned accuracy)
{
	struct system_facts *facts = &telling->found.facts;
	size_t i;

	facts->types[0] = class->type;
	facts->types_count = 1;
	facts->running[0] = (struct system_running){
		.name = running_name(class, &telling->arena), .percent = accuracy, .certain = true};
	facts->running_count = 1;
	for (i = 0; i < class->cpes_count && i < SYSTEM_LIST_MAX; i++)
		facts->cpes[facts->cpes_count++] = class->cpes[i];
	return facts->running[0].name ? 0 : ERROR_MEMORY;
}

static int tell_match(struct telling *telling)
{
	const struct os6_score *best = &telling->verdict.scores[0];
	const struct os6_class *known = os6_model_class(telling->model, best->place);
	unsigned accuracy = (unsigned)(best->probability * PERCENT);
	struct system_class *class = arena_alloc(&telling->arena, sizeof(*class));
	struct system_match *match = arena_alloc(&telling->arena, sizeof(*match));
	struct system_facts *facts = &telling->found.facts;

	if (!class || !match)
		return ERROR_MEMORY;
	*class = (struct system_class){.vendor = known->class.vendor,
				       .family = known->class.family,
				       .type = known->class.type,
				       .generation = known->class.generation,
				       .accuracy = accuracy,
				       .cpes = known->class.cpes,
				       .cpes_count = known->class.cpes_count};
	*match = (struct system_match){.name = known->name,
				       .accuracy = accuracy,
				       .perfect = true,
				       .line = best->place,
				       .classes = class,
				       .classes_count = 1};
	facts->result = SYSTEM_MATCHED;
	facts->matches = match;
	facts->matches_count = facts->perfect_count = 1;
	telling->class_match = (struct os_class_match){&known->class, best->probability};
	telling->found.classes = &telling->class_match;
	telling->found.classes_count = 1;
	return tell_summary(telling, &known->class, accuracy);
}

static int tell_system(struct telling *telling)
{
	struct os6_manner manner = manner_of(telling->os6, &telling->found.facts);
	struct os6_model **model = telling->os6->job->model;
	int r = *model ? 0 : os6_model_builtin(model);

	if (r < 0)
		return r;
	telling->model = *model;
	os6_features_make(&telling->os6->print, &manner, &telling->features);
	os6_model_judge(telling->model, &telling->features, &telling->verdict);
	return telling->verdict.decision == OS6_KNOWN ? tell_match(telling) : 0;
}

/* ---- the print ---- */

static int tell_print(struct telling *telling)
{
	struct os_scan_line scan = os_scan_line_of(telling->os6->job, &telling->found.facts);
	struct buf text = BUF_INIT;

	os_print_scan(&scan, true, &text);
	os6_print_tests(&telling->os6->print, true, true, &text);
	if (buf_ok(&text))
		telling->found.facts.fingerprint = arena_strdup(&telling->arena, buf_str(&text));
	buf_release(&text);
	return telling->found.facts.fingerprint ? 0 : ERROR_MEMORY;
}

/* ---- all of it ---- */

static void tell_all(struct telling *telling)
{
	const struct os6 *os6 = telling->os6;
	struct system_facts *facts = &telling->found.facts;

	facts->result = SYSTEM_NONE;
	facts->ip_version = 6;
	facts->own_data = true;
	tell_ports(os6, facts);
	tell_distance(os6, facts);
	tell_effort(os6, facts);
	facts->unfit = unfit_reason(os6, facts);
	facts->guessing = os6->job->config->plan->system.guess || facts->unfit;
	if (facts->probes_answered && (tell_system(telling) < 0 || tell_print(telling) < 0))
		facts->incomplete = true;
}

void os6_tell(struct os6 *os6)
{
	struct telling *telling = alloc_zero(sizeof(*telling));
	struct os_found nothing = {.facts = {.result = SYSTEM_NONE,
					     .ip_version = 6,
					     .own_data = true,
					     .incomplete = true,
					     .unreliable = true,
					     .open_tcp = -1,
					     .closed_tcp = -1,
					     .closed_udp = -1}};

	if (!telling) {
		os6->job->found(os6->job->self, &nothing);
		return;
	}
	telling->os6 = os6;
	tell_all(telling);
	os6->job->found(os6->job->self, &telling->found);
	arena_release(&telling->arena);
	alloc_free(telling);
}
