/* The facts of a host, from the best of its rounds. */
#include "detect/os/os4_private.h"
#include "detect/os/os_print.h"
#include "engine/target_special.h"
#include "engine/technique.h"
#include "net/route.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PERFECT_TOLD 8u
#define SEQUENCE_MS  500.0

/* ---- how it was seen ---- */

static bool scans_udp(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->techniques_count; i++)
		if (plan->techniques[i]->transport == TRANSPORT_UDP)
			return true;
	return false;
}

/* L: our own machine, D: on the link, I: U1's quote told; 0: not known. */
static char distance_of(const struct os4 *os4, int32_t *ret_distance)
{
	*ret_distance = 0;
	if (os4->local)
		return 'L';
	*ret_distance = 1;
	if (os4->job->order->has_mac)
		return 'D';
	if (!os4->best || !os4->best->facts.has_distance)
		return 0;
	*ret_distance = os4->best->facts.distance;
	return 'I';
}

struct os_conditions os4_conditions(const struct os4 *os4)
{
	const struct system_order *order = os4->job->order;
	const struct plan *plan = os4->job->config->plan;
	struct os_conditions conditions = {
		.ip_version = 4,
		.scan_delay_ms = (uint32_t)(order->scan_delay_ns / NS_PER_MS),
		.timing_level = (unsigned)plan->timing.level,
		.has_open_tcp = order->open_tcp >= 0,
		.has_closed_tcp = order->closed_tcp >= 0,
		.has_closed_udp = order->closed_udp >= 0 || os4->udp_closed,
		.udp_scanned = scans_udp(plan),
		.timing_ratio = os4->timing_ratio,
		.send_failed = os4->send_failed,
	};

	conditions.has_distance = distance_of(os4, &conditions.distance) != 0;
	return conditions;
}

/* ---- the facts, part by part ---- */

struct telling {
	const struct os4 *os4;
	struct arena arena;
	struct os_found found;
};

static void tell_ports(const struct os4 *os4, struct system_facts *facts)
{
	const struct system_order *order = os4->job->order;

	facts->open_tcp = order->open_tcp;
	facts->closed_tcp = order->closed_tcp;
	facts->closed_udp = order->closed_udp;
	if (order->closed_udp < 0 && os4->udp_closed)
		facts->closed_udp = os4->closed_udp;
	facts->unreliable =
		order->open_tcp < 0 || (order->closed_tcp < 0 && order->unfiltered_tcp < 0);
}

static void tell_effort(const struct os4 *os4, struct system_facts *facts)
{
	struct loop *loop = os4->job->config->loop;

	facts->incomplete = os4->incomplete;
	facts->rounds = os4->rounds;
	facts->probes_sent = os4->sent;
	facts->probes_answered = os4->answered;
	if (os4->timing_ratio > 1)
		facts->late_ms = (uint32_t)((os4->timing_ratio - 1) * SEQUENCE_MS);
	facts->took_ns = loop_now_ns(loop) - os4->started_ns;
}

static void tell_sequences(const struct os_facts *seen, struct system_facts *facts)
{
	facts->samples = seen->samples;
	memcpy(facts->isns, seen->isns, sizeof(facts->isns));
	memcpy(facts->ids, seen->ids, sizeof(facts->ids));
	memcpy(facts->timestamps, seen->timestamps, sizeof(facts->timestamps));
	facts->has_index = seen->has_index;
	facts->index = seen->index;
	if (seen->has_index)
		facts->difficulty = os_difficulty_words(seen->index);
	if (seen->samples < 3)
		return;
	facts->ipid_class = os_ipid_words(seen->ipid);
	facts->timestamp_class = os_timestamp_words(seen->timestamp);
	facts->has_timestamps =
		seen->timestamp != OS_TIMESTAMP_NONE && seen->timestamp != OS_TIMESTAMP_UNKNOWN;
}

/* No uptime follows from timestamps that begin elsewhere with each connection, nor one of
 * more than two years, which is 0 in what is compatible with Nmap (D5). */
static void tell_uptime(const struct os4 *os4, const struct os_facts *seen,
			struct system_facts *facts)
{
	struct loop *loop = os4->job->config->loop;
	uint64_t ago_ns = loop_time_ns(loop) - seen->first_sent_ns;

	if (!seen->has_uptime || seen->timestamp_random ||
	    (os4->round.config.compatible && !seen->uptime_s))
		return;
	facts->has_uptime = true;
	facts->uptime_s = seen->uptime_s;
	facts->boot_s = (int64_t)((loop_wall_ns(loop) - ago_ns) / NS_PER_S) - seen->uptime_s;
}

static void tell_distance(const struct os4 *os4, struct system_facts *facts)
{
	facts->distance_by = distance_of(os4, &facts->distance);
	facts->has_distance = facts->distance_by != 0;
}

/* ---- the matches ---- */

static enum system_result result_of(const struct os4 *os4, const struct os_matches *matches)
{
	if (matches->result == OS_MATCH_TOO_MANY ||
	    (matches->perfect > PERFECT_TOLD && !os4->job->config->plan->output.debugging))
		return SYSTEM_TOO_MANY;
	if (matches->perfect)
		return SYSTEM_MATCHED;
	return matches->count ? SYSTEM_NEAR : SYSTEM_NONE;
}

static const struct system_class *classes_of(const struct os_entry *entry, unsigned accuracy,
					     struct arena *arena)
{
	struct system_class *classes =
		arena_alloc(arena, (entry->classes_count + 1) * sizeof(*classes));
	size_t i;

	for (i = 0; classes && i < entry->classes_count; i++)
		classes[i] = (struct system_class){
			.vendor = entry->classes[i].vendor,
			.family = entry->classes[i].family,
			.type = entry->classes[i].type,
			.generation = entry->classes[i].generation,
			.accuracy = accuracy,
			.cpes = entry->classes[i].cpes,
			.cpes_count = entry->classes[i].cpes_count,
		};
	return classes;
}

static int tell_match(const struct os_db *db, const struct os_match *match, struct arena *arena,
		      struct system_match *ret_match)
{
	struct os_entry entry = os_db_entry(db, match->entry);
	unsigned accuracy = os_match_percent(match->accuracy);

	*ret_match = (struct system_match){
		.name = entry.name,
		.accuracy = accuracy,
		.perfect = match->accuracy >= 1,
		.line = entry.line,
		.file = entry.file,
		.classes = classes_of(&entry, accuracy, arena),
		.classes_count = entry.classes_count,
	};
	return ret_match->classes ? 0 : ERROR_MEMORY;
}

static int tell_matches(struct telling *telling, const struct os_matches *matches)
{
	const struct os_db *db = telling->os4->job->config->db;
	struct system_match *list =
		arena_alloc(&telling->arena, (matches->count + 1) * sizeof(*list));
	size_t guesses = os_match_guesses(matches), i;
	struct system_facts *facts = &telling->found.facts;

	if (!list)
		return ERROR_MEMORY;
	for (i = 0; i < matches->count; i++) {
		if (tell_match(db, &matches->list[i], &telling->arena, &list[i]) < 0)
			return ERROR_MEMORY;
		list[i].guess = i < guesses;
	}
	facts->result = result_of(telling->os4, matches);
	facts->matches = list;
	facts->matches_count = matches->count;
	facts->perfect_count = matches->perfect;
	return 0;
}

static int tell_summary(struct telling *telling, const struct os_matches *matches)
{
	struct system_facts *facts = &telling->found.facts;
	struct os_summary summary;
	size_t i;
	int r = os_match_summary(telling->os4->job->config->db, matches, facts->guessing,
				 &telling->arena, &summary);

	if (r < 0)
		return r;
	facts->types_count = summary.types_count;
	facts->running_count = summary.running_count;
	facts->cpes_count = summary.cpes_count;
	for (i = 0; i < SYSTEM_LIST_MAX; i++) {
		facts->types[i] = summary.types[i];
		facts->cpes[i] = summary.cpes[i];
		facts->running[i] = (struct system_running){
			.name = summary.running[i].name,
			.percent = summary.running[i].percent,
			.certain = summary.running[i].certain,
		};
	}
	return 0;
}

/* ---- the print ---- */

static int tell_print(struct telling *telling)
{
	const struct os4 *os4 = telling->os4;
	struct os_scan_line scan = os_scan_line_of(os4->job, &telling->found.facts);
	const struct os_fingerprint *print = &os4->best->facts.print;
	struct buf text = BUF_INIT;

	os_print_scan(&scan, true, &text);
	os_print_tests(&print, 1, true, &text);
	if (buf_ok(&text))
		telling->found.facts.fingerprint = arena_strdup(&telling->arena, buf_str(&text));
	buf_release(&text);
	return telling->found.facts.fingerprint ? 0 : ERROR_MEMORY;
}

/* ---- all of it ---- */

static int tell_best(struct telling *telling)
{
	const struct os4 *os4 = telling->os4;
	const struct os4_kept *best = os4->best;
	struct system_facts *facts = &telling->found.facts;
	int r = 0;

	telling->found.print = &best->facts.print;
	tell_sequences(&best->facts, facts);
	tell_uptime(os4, &best->facts, facts);
	if (os4->job->config->db)
		r = tell_matches(telling, &best->matches);
	if (r == 0 && os4->job->config->db)
		r = tell_summary(telling, &best->matches);
	return r < 0 ? r : tell_print(telling);
}

static void say_it_took_long(const struct os4 *os4)
{
	const struct os_scan_config *config = os4->job->config;
	char text[80];

	if (!config->warn || !config->plan->output.verbosity || os4->rounds < 2 || !os4->best ||
	    !os4->best->matches.perfect)
		return;
	(void)snprintf(text, sizeof(text),
		       "its system was recognised only in round %u of its probes", os4->rounds);
	config->warn(config->self, os4->job->order->target, text);
}

void os4_tell(struct os4 *os4)
{
	struct telling telling = {.os4 = os4};
	struct system_facts *facts = &telling.found.facts;
	struct os_conditions conditions = os4_conditions(os4);

	facts->result = SYSTEM_NONE;
	facts->ip_version = 4;
	facts->own_data = os4->job->config->own_data;
	facts->unfit = os_unfit_reason(&conditions);
	facts->guessing = os4->job->config->plan->system.guess || facts->unfit;
	telling.found.asked = (1u << OS_TESTS) - 1;
	tell_ports(os4, facts);
	tell_effort(os4, facts);
	tell_distance(os4, facts);
	if (os4->best && tell_best(&telling) < 0)
		facts->incomplete = true;
	say_it_took_long(os4);
	os4->job->found(os4->job->self, &telling.found);
	arena_release(&telling.arena);
}
