/* Hosts under way are in a map by their index. A host that is done leaves the
 * map for the queue, which is in target order, and goes from its front:
 *
 *  - when it is the next in order (all before it are gone or were waited for
 *    long enough),
 *  - or when it has waited for COLLECTOR_PATIENCE_NS: then those before it in
 *    the queue go too, and those before it that are still under way are no
 *    longer waited for,
 *  - or when the queue is longer or larger than it may be. */
#include "report/collector.h"

#include "engine/path_copy.h"
#include "engine/system_copy.h"
#include "report/host_scripts.h"
#include "report/host_services.h"
#include "report/port_facts.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <assert.h>

#define QUEUE_HOSTS_MAX 4096
#define QUEUE_BYTES_MAX (16u << 20)

struct host_record {
	struct host_record *before, *after; /* in the queue */
	struct target *target;              /* a reference of ours */
	struct host_report report;
	char *ptr;
	struct places_entry *places; /* counted as a user; NULL until a port is known */
	struct port_facts facts;
	struct host_services services;
	struct host_scripts scripts;
	uint64_t patience_ends_ns;
};

/* The places of one rule set. Targets of -iL lines may have rules of their
 * own, which live as long as such a target: so the entry lives no longer than
 * the records that use it. */
struct places_entry {
	struct places_entry *next;
	size_t users;
	struct port_places places;
};

struct collector {
	struct collector_config config;
	struct hash_map *hosts; /* under way, by index */
	struct host_record *last_used;
	struct host_record *first, *last; /* the queue */
	size_t queue_hosts, queue_bytes;
	uint64_t next_index; /* hosts before it are not waited for */
	struct places_entry *places;
	struct timer timer;
	struct host_scripts
		blocks[SCRIPT_SCOPES]; /* SCRIPT_PRE, SCRIPT_POST: before they are told */
	struct format_totals found;    /* the findings only */
	uint64_t begin_wall_ns;
	int error;
};

static void tell(struct collector *collector, const struct format_event *event)
{
	size_t i;

	for (i = 0; i < collector->config.writers_count; i++)
		format_writer_event(collector->config.writers[i], event);
}

static void places_release(struct collector *collector, struct places_entry *entry)
{
	struct places_entry **at = &collector->places;

	if (!entry || --entry->users)
		return;
	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	alloc_free(entry);
}

static void record_free(struct collector *collector, struct host_record *record)
{
	places_release(collector, record->places);
	target_unref(record->target);
	alloc_free((void *)record->report.system);
	alloc_free((void *)record->report.path);
	port_facts_release(&record->facts);
	host_services_release(&record->services);
	host_scripts_release(&record->scripts);
	alloc_free(record->ptr);
	alloc_free(record);
}

/* Counts as a user. NULL: memory. */
static struct places_entry *places_get(struct collector *collector, const struct port_rules *rules)
{
	struct places_entry *entry = collector->places;

	while (entry && entry->places.rules != rules)
		entry = entry->next;
	if (!entry) {
		entry = alloc_zero(sizeof(*entry));
		if (!entry)
			return NULL;
		port_places_init(&entry->places, rules);
		/* The plan's are for nearly all hosts: they stay. */
		entry->users = rules == collector->config.plan->ports;
		entry->next = collector->places;
		collector->places = entry;
	}
	entry->users++;
	return entry;
}

static struct host_record *record_new(struct collector *collector, struct target *target)
{
	struct host_record *record = alloc_zero(sizeof(*record));

	if (!record)
		return NULL;
	if (hash_map_add(collector->hosts, &target->index, sizeof(target->index), record) < 0) {
		alloc_free(record);
		return NULL;
	}
	target_ref(target);
	record->target = target;
	record->report = (struct host_report){
		.index = target->index,
		.addr = target->addr,
		.name = target->name,
		.others = target->others,
		.others_count = target->others_count,
		.list_only = collector->config.plan->list_only,
	};
	return record;
}

/* The record of the observed target, made when it is new; NULL: memory. */
static struct host_record *record_of(struct collector *collector, const struct observation *seen)
{
	/* References are counted in what is otherwise the engine's. */
	struct target *target = (struct target *)seen->target;
	struct host_record *record = collector->last_used;

	assert(target);
	if (!record || record->report.index != target->index)
		record = hash_map_get(collector->hosts, &target->index, sizeof(target->index));
	if (!record)
		record = record_new(collector, target);
	collector->last_used = record;
	return record;
}

static void write_host(struct collector *collector, struct host_record *record)
{
	struct port_report *ports = NULL;
	size_t count = 0;

	if (port_facts_list(&record->facts, &ports, &count) < 0 ||
	    host_scripts_give(&record->scripts, &record->report.scripts) < 0) {
		collector->error = ERROR_MEMORY;
		record->report.incomplete = true;
	}
	host_services_give(&record->services, ports, count);
	record->report.ports = ports;
	record->report.ports_count = count;
	format_count_findings(&collector->found, &record->report.scripts);
	tell(collector, &(struct format_event){.kind = FORMAT_HOST, .host = &record->report});
	alloc_free(ports);
}

static size_t record_bytes(const struct host_record *record)
{
	return sizeof(*record) + port_facts_bytes(&record->facts) + record->services.bytes +
	       record->scripts.bytes +
	       (record->report.system ? system_copy_bytes(record->report.system) : 0) +
	       (record->report.path ? path_copy_bytes(record->report.path) : 0);
}

static void queue_add(struct collector *collector, struct host_record *record)
{
	struct host_record *before = collector->last;

	while (before && before->report.index > record->report.index)
		before = before->before;
	record->before = before;
	record->after = before ? before->after : collector->first;
	*(before ? &before->after : &collector->first) = record;
	*(record->after ? &record->after->before : &collector->last) = record;
	collector->queue_hosts++;
	collector->queue_bytes += record_bytes(record);
}

static void queue_write_first(struct collector *collector)
{
	struct host_record *record = collector->first;

	collector->first = record->after;
	*(record->after ? &record->after->before : &collector->last) = NULL;
	collector->queue_hosts--;
	collector->queue_bytes -= record_bytes(record);
	if (collector->next_index <= record->report.index)
		collector->next_index = record->report.index + 1;
	write_host(collector, record);
	record_free(collector, record);
}

static bool queue_is_full(const struct collector *collector)
{
	return collector->queue_hosts > QUEUE_HOSTS_MAX || collector->queue_bytes > QUEUE_BYTES_MAX;
}

/* How many hosts at the front must not wait any longer: up to the last whose
 * patience has ended. */
static size_t overdue_count(const struct collector *collector, uint64_t now_ns)
{
	const struct host_record *record;
	size_t count = 0, at = 0;

	for (record = collector->first; record; record = record->after) {
		at++;
		if (record->patience_ends_ns <= now_ns)
			count = at;
	}
	return count;
}

static uint64_t earliest_end(const struct collector *collector)
{
	const struct host_record *record;
	uint64_t earliest = UINT64_MAX;

	for (record = collector->first; record; record = record->after)
		if (record->patience_ends_ns < earliest)
			earliest = record->patience_ends_ns;
	return earliest;
}

static void queue_write_ready(struct collector *collector)
{
	while (collector->first && (collector->first->report.index <= collector->next_index ||
				    queue_is_full(collector)))
		queue_write_first(collector);
}

static void queue_write_all(struct collector *collector)
{
	while (collector->first)
		queue_write_first(collector);
}

/* The list scan has nothing to show but the order: it waits. */
static bool is_patient(const struct collector *collector)
{
	return collector->config.plan->list_only;
}

static void wait_on(struct collector *collector)
{
	if (is_patient(collector))
		return;
	if (!collector->first)
		loop_timer_cancel(collector->config.loop, &collector->timer);
	else if (!loop_timer_is_set(&collector->timer) &&
		 loop_timer_set(collector->config.loop, &collector->timer,
				earliest_end(collector)) < 0)
		queue_write_all(collector);
}

static void patience_ended(void *self)
{
	struct collector *collector = self;
	size_t count = overdue_count(collector, loop_now_ns(collector->config.loop));

	while (count--)
		queue_write_first(collector);
	queue_write_ready(collector);
	wait_on(collector);
}

static int host_done(struct collector *collector, struct host_record *record)
{
	uint64_t index = record->report.index;

	hash_map_remove(collector->hosts, &index, sizeof(index));
	collector->last_used = NULL;
	if (!collector->config.loop) {
		write_host(collector, record);
		record_free(collector, record);
		return 0;
	}
	record->patience_ends_ns = loop_now_ns(collector->config.loop) + COLLECTOR_PATIENCE_NS;
	queue_add(collector, record);
	queue_write_ready(collector);
	wait_on(collector);
	return 0;
}

static int see_host(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	struct host_report *report;
	bool was_up;

	if (!record)
		return ERROR_MEMORY;
	report = &record->report;
	was_up = report->state == HOST_UP;
	report->state = seen->host.state;
	report->reason = seen->host.reason;
	report->reason_ttl = seen->host.ttl;
	report->reason_from = seen->host.from;
	if (seen->host.has_mac) {
		report->has_mac = true;
		report->mac = seen->host.mac;
	}
	if (report->state == HOST_UP && !was_up && seen->host.more)
		tell(collector,
		     &(struct format_event){.kind = FORMAT_HINT, .seen = seen, .host = report});
	return 0;
}

static int see_name(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	char *ptr = record ? alloc_strdup(seen->name) : NULL;

	if (!ptr)
		return ERROR_MEMORY;
	alloc_free(record->ptr);
	record->report.ptr = record->ptr = ptr;
	return 0;
}

static int see_liar(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);

	if (!record)
		return ERROR_MEMORY;
	record->report.liar = seen->liar;
	return 0;
}

static int know_places(struct collector *collector, struct host_record *record)
{
	const struct port_rules *rules =
		record->target->ports ? record->target->ports : collector->config.plan->ports;

	if (!rules)
		return ERROR_RANGE;
	record->places = places_get(collector, rules);
	if (!record->places)
		return ERROR_MEMORY;
	record->facts.places = &record->places->places;
	return 0;
}

static int see_port(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	enum port_state before;
	int r;

	if (!record)
		return ERROR_MEMORY;
	if (!record->places && (r = know_places(collector, record)) < 0)
		return r;
	r = port_facts_add(&record->facts, seen->port.transport, seen->port.number,
			   &seen->port.verdict, &before);
	if (!r && seen->port.verdict.state == PORT_OPEN && before != PORT_OPEN)
		tell(collector, &(struct format_event){.kind = FORMAT_PORT,
						       .seen = seen,
						       .host = &record->report});
	return r;
}

static int see_service(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	struct observation kept = *seen;
	int r;

	if (!record)
		return ERROR_MEMORY;
	r = host_services_add(&record->services, seen->service.transport, seen->service.number,
			      seen->service.facts, &kept.service.facts);
	/* What is told now is what the report will hold. */
	if (!r)
		tell(collector, &(struct format_event){.kind = FORMAT_SERVICE,
						       .seen = &kept,
						       .host = &record->report});
	return r;
}

static int see_system(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	const struct system_facts *copy = record ? system_copy_new(seen->system) : NULL;
	struct observation kept = *seen;

	if (!copy)
		return ERROR_MEMORY;
	alloc_free((void *)record->report.system);
	record->report.system = kept.system = copy;
	tell(collector,
	     &(struct format_event){.kind = FORMAT_SYSTEM, .seen = &kept, .host = &record->report});
	return 0;
}

static int see_path(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	const struct path_facts *copy = record ? path_copy_new(seen->path) : NULL;
	struct observation kept = *seen;

	if (!copy)
		return ERROR_MEMORY;
	alloc_free((void *)record->report.path);
	record->report.path = kept.path = copy;
	tell(collector,
	     &(struct format_event){.kind = FORMAT_PATH, .seen = &kept, .host = &record->report});
	return 0;
}

/* Where it is kept until it is reported: with its host, or with what concerns the run. NULL:
 * memory. */
static struct host_scripts *scripts_of(struct collector *collector, const struct observation *seen,
				       enum script_scope scope, const struct host_report **ret_host)
{
	struct host_record *record;

	*ret_host = NULL;
	if (scope == SCRIPT_PRE || scope == SCRIPT_POST)
		return &collector->blocks[scope];
	record = record_of(collector, seen);
	if (record)
		*ret_host = &record->report;
	return record ? &record->scripts : NULL;
}

static int see_script(struct collector *collector, const struct observation *seen)
{
	const struct host_report *host;
	struct host_scripts *scripts = scripts_of(collector, seen, seen->script.place.scope, &host);
	struct observation kept = *seen;

	if (!scripts || host_scripts_add(scripts, &seen->script.place, seen->script.result,
					 &kept.script.result) < 0)
		return ERROR_MEMORY;
	tell(collector, &(struct format_event){.kind = FORMAT_SCRIPT, .seen = &kept, .host = host});
	return 0;
}

static int see_finding(struct collector *collector, const struct observation *seen)
{
	const struct host_report *host;
	struct host_scripts *scripts =
		scripts_of(collector, seen, seen->finding.place.scope, &host);
	struct observation kept = *seen;

	if (!scripts || host_scripts_add_finding(scripts, &seen->finding.place,
						 seen->finding.finding, &kept.finding.finding) < 0)
		return ERROR_MEMORY;
	tell(collector,
	     &(struct format_event){.kind = FORMAT_FINDING, .seen = &kept, .host = host});
	return 0;
}

/* What concerns the run is told once; what comes late is told at the end. */
static int tell_block(struct collector *collector, enum script_scope scope)
{
	struct host_scripts *scripts = &collector->blocks[scope];
	struct format_block block = {.scope = scope};
	int r = host_scripts_give(scripts, &block.scripts);

	if (r == 0 && (block.scripts.scripts_count || block.scripts.findings_count)) {
		format_count_findings(&collector->found, &block.scripts);
		tell(collector, &(struct format_event){.kind = FORMAT_SCRIPTS, .block = &block});
	}
	host_scripts_release(scripts);
	return r;
}

static int see_scripts_done(struct collector *collector, const struct observation *seen)
{
	if (seen->scripts_done != SCRIPT_PRE && collector->config.loop)
		queue_write_all(collector); /* hosts that wait come before */
	return tell_block(collector, seen->scripts_done);
}

static int see_done(struct collector *collector, const struct observation *seen)
{
	struct host_record *record = record_of(collector, seen);
	struct host_report *report;

	if (!record)
		return ERROR_MEMORY;
	report = &record->report;
	report->state = seen->done.state;
	report->ports_scanned = seen->done.ports_scanned;
	report->timed_out = seen->done.timed_out;
	report->incomplete = seen->done.incomplete;
	report->start_s = (int64_t)(seen->done.start_wall_ns / NS_PER_S);
	report->end_s = (int64_t)(seen->done.end_wall_ns / NS_PER_S);
	report->has_rtt = seen->done.has_rtt;
	report->srtt_us = seen->done.srtt_us;
	report->rttvar_us = seen->done.rttvar_us;
	report->timeout_us = seen->done.timeout_us;
	return host_done(collector, record);
}

/* When the run ended before its scripts did, or they had no end. */
static void tell_late(struct collector *collector)
{
	if (tell_block(collector, SCRIPT_PRE) < 0 || tell_block(collector, SCRIPT_POST) < 0)
		collector->error = ERROR_MEMORY;
}

/* A host that the run ends without: told as far as it is known. */
static void abandon(void *self, const void *key, size_t key_bytes, void *value)
{
	struct host_record *record = value;

	record->report.incomplete = true;
	queue_add(self, record);
}

static void see_end(struct collector *collector, const struct observation *seen)
{
	struct hash_map *hosts = collector->hosts;
	struct format_totals totals = {
		.outcome = seen->end.outcome,
		.why = seen->end.why,
		.end_s = (int64_t)(seen->wall_ns / NS_PER_S),
		.elapsed_s = seen->wall_ns > collector->begin_wall_ns
				     ? (double)(seen->wall_ns - collector->begin_wall_ns) / 1e9
				     : 0,
		.hosts_total = seen->end.hosts_total,
		.hosts_up = seen->end.hosts_up,
		.probes_sent = seen->end.probes_sent,
		.estimated_missed = seen->end.estimated_missed,
	};

	collector->hosts = NULL;
	collector->last_used = NULL;
	if (hosts)
		hash_map_each(hosts, abandon, collector);
	hash_map_free(hosts);
	queue_write_all(collector);
	if (collector->config.loop)
		loop_timer_cancel(collector->config.loop, &collector->timer);
	tell_late(collector);
	for (int i = 0; i < FINDING_SEVERITIES; i++)
		totals.findings[i] = collector->found.findings[i];
	tell(collector,
	     &(struct format_event){.kind = FORMAT_END, .seen = seen, .totals = &totals});
}

static int see(struct collector *collector, const struct observation *seen)
{
	struct format_event event = {.seen = seen};

	switch (seen->kind) {
	case OBSERVED_HOST:
		return see_host(collector, seen);
	case OBSERVED_NAME:
		return see_name(collector, seen);
	case OBSERVED_PORT:
		return see_port(collector, seen);
	case OBSERVED_SERVICE:
		return see_service(collector, seen);
	case OBSERVED_LIAR:
		return see_liar(collector, seen);
	case OBSERVED_SYSTEM:
		return see_system(collector, seen);
	case OBSERVED_PATH:
		return see_path(collector, seen);
	case OBSERVED_SCRIPT:
		return see_script(collector, seen);
	case OBSERVED_FINDING:
		return see_finding(collector, seen);
	case OBSERVED_SCRIPTS_DONE:
		return see_scripts_done(collector, seen);
	case OBSERVED_HOST_DONE:
		return see_done(collector, seen);
	case OBSERVED_RUN_END:
		see_end(collector, seen);
		return 0;
	case OBSERVED_RUN_BEGIN:
		collector->begin_wall_ns = seen->wall_ns;
		event.kind = FORMAT_BEGIN;
		break;
	case OBSERVED_TARGET_SKIPPED:
		event.kind = FORMAT_SKIPPED;
		break;
	case OBSERVED_TASK_BEGIN:
		event.kind = FORMAT_TASK_BEGIN;
		break;
	case OBSERVED_TASK_END:
		event.kind = FORMAT_TASK_END;
		break;
	case OBSERVED_WARNING:
		event.kind = FORMAT_WARNING;
		event.text = seen->warning;
		break;
	}
	tell(collector, &event);
	return 0;
}

static int collector_observe(void *self, const struct observation *seen)
{
	struct collector *collector = self;
	int r;

	if (!collector->hosts && seen->target)
		return ERROR_USAGE; /* after the end */
	r = see(collector, seen);
	if (r < 0 && !collector->error)
		collector->error = r;
	return r;
}

int collector_new(const struct collector_config *config, struct collector **ret_collector)
{
	struct collector *collector = alloc_zero(sizeof(*collector));
	uint64_t seed = config->plan->seed;

	if (!collector)
		return ERROR_MEMORY;
	collector->hosts = hash_map_new((struct hash_key){seed, ~seed});
	if (!collector->hosts) {
		alloc_free(collector);
		return ERROR_MEMORY;
	}
	collector->config = *config;
	collector->timer.fire = patience_ended;
	collector->timer.self = collector;
	*ret_collector = collector;
	return 0;
}

struct sink collector_sink(struct collector *collector)
{
	return (struct sink){.self = collector, .observe = collector_observe};
}

int collector_error(const struct collector *collector, const struct format_writer **ret_writer)
{
	size_t i;

	for (i = 0; i < collector->config.writers_count; i++) {
		int r = out_error(collector->config.writers[i]->out, NULL);

		if (r < 0) {
			*ret_writer = collector->config.writers[i];
			return r;
		}
	}
	*ret_writer = NULL;
	return collector->error;
}

static void free_value(void *self, const void *key, size_t key_bytes, void *value)
{
	record_free(self, value);
}

void collector_free(struct collector *collector)
{
	if (!collector)
		return;
	if (collector->config.loop)
		loop_timer_cancel(collector->config.loop, &collector->timer);
	if (collector->hosts)
		hash_map_each(collector->hosts, free_value, collector);
	hash_map_free(collector->hosts);
	for (int i = 0; i < SCRIPT_SCOPES; i++)
		host_scripts_release(&collector->blocks[i]);
	while (collector->first) {
		struct host_record *record = collector->first;

		collector->first = record->after;
		record_free(collector, record);
	}
	while (collector->places) {
		struct places_entry *entry = collector->places;

		collector->places = entry->next;
		alloc_free(entry);
	}
	alloc_free(collector);
}
