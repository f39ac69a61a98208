#include "support.h"

#include "report/collector.h"
#include "report/host_services.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define WALL_NS (1700000000 * NS_PER_S)

/* What a format was told, as text: "up 3" ... */
static struct buf told;

static void tell_event(struct format_writer *writer, const struct format_event *event)
{
	switch (event->kind) {
	case FORMAT_BEGIN:
		buf_add_str(&told, "begin ");
		break;
	case FORMAT_HINT:
		buf_addf(&told, "hint%llu ", (unsigned long long)event->host->index);
		break;
	case FORMAT_PORT:
		buf_addf(&told, "open%u ", event->seen->port.number);
		break;
	case FORMAT_SERVICE:
		buf_addf(&told, "is%u:%s ", event->seen->service.number,
			 event->seen->service.facts->product);
		break;
	case FORMAT_SYSTEM:
		buf_addf(&told, "system:%s ", event->seen->system->matches[0].name);
		break;
	case FORMAT_PATH:
		buf_addf(&told, "way:%s ", event->seen->path->hops[0].name);
		break;
	case FORMAT_HOST:
		if (event->host->system)
			buf_addf(&told, "is-%s ", event->host->system->matches[0].name);
		if (event->host->path)
			buf_addf(&told, "by-%s ", event->host->path->hops[0].name);
		for (size_t i = 0; i < event->host->ports_count; i++)
			if (event->host->ports[i].service)
				buf_addf(&told, "%u=%s ", event->host->ports[i].number,
					 event->host->ports[i].service->product);
		buf_addf(&told, "%s%llu:%zu%s ", event->host->incomplete ? "part" : "host",
			 (unsigned long long)event->host->index, event->host->ports_count,
			 event->host->ptr ? event->host->ptr : "");
		break;
	case FORMAT_END:
		buf_addf(&told, "end %.1f", event->totals->elapsed_s);
		break;
	default:
		buf_addf(&told, "other%d ", event->kind);
	}
}

static const struct report_format format_told = {.name = "told", .event = tell_event};

struct stage {
	struct plan plan;
	struct port_rules ports;
	struct loop *loop;
	struct format_writer *writer;
	struct collector *collector;
	struct buf ignored;
	struct target targets[40];
	uint64_t wall_ns;
};

static int stage_open(struct stage *stage, bool ordered)
{
	struct collector_config config = {.plan = &stage->plan, .writers_count = 1};
	struct out *out;
	size_t i;
	int r;

	stage->plan.ports = &stage->ports;
	portset_add_range(&stage->ports.of[TRANSPORT_TCP], 1, 100);
	for (i = 0; i < 40; i++)
		stage->targets[i] =
			(struct target){.index = i, .addr = ip_v4((uint32_t)i), .refs = 1};
	stage->wall_ns = WALL_NS;
	if (ordered && !(stage->loop = loop_sim_new(WALL_NS)))
		return ERROR_MEMORY;
	if ((r = out_open_buf(&stage->ignored, &out)) < 0 ||
	    (r = format_writer_new(&format_told, NULL, out, &stage->writer)) < 0)
		return r;
	config.loop = stage->loop;
	config.writers = &stage->writer;
	return collector_new(&config, &stage->collector);
}

static void stage_close(struct stage *stage)
{
	size_t i;

	collector_free(stage->collector);
	format_writer_free(stage->writer, NULL);
	loop_free(stage->loop);
	buf_release(&stage->ignored);
	buf_release(&told);
	for (i = 0; i < 40; i++)
		assert_true(stage->targets[i].refs <= 1);
	free(stage);
}

static struct stage *stage_new(void)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	assert_non_null(stage);
	return stage;
}

static int observe(struct stage *stage, struct observation seen)
{
	struct sink sink = collector_sink(stage->collector);

	seen.wall_ns = stage->wall_ns;
	return sink.observe(sink.self, &seen);
}

static int up(struct stage *stage, size_t i, bool more)
{
	return observe(stage, (struct observation){.kind = OBSERVED_HOST,
						   .target = &stage->targets[i],
						   .host = {.state = HOST_UP, .more = more}});
}

static int port(struct stage *stage, size_t i, uint16_t number, enum port_state state)
{
	return observe(stage, (struct observation){.kind = OBSERVED_PORT,
						   .target = &stage->targets[i],
						   .port = {.number = number,
							    .verdict = {.state = (uint8_t)state}}});
}

static int service(struct stage *stage, size_t i, uint16_t number, const char *product)
{
	const struct service_facts facts = {.end = SERVICE_HARD, .product = product};
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = &stage->targets[i]};

	seen.service.number = number;
	seen.service.facts = &facts;
	return observe(stage, seen);
}

static int system_of(struct stage *stage, size_t i, const char *name)
{
	const struct system_match match = {.name = name};
	const struct system_facts facts = {.matches = &match, .matches_count = 1};
	struct observation seen = {.kind = OBSERVED_SYSTEM, .target = &stage->targets[i]};

	seen.system = &facts;
	return observe(stage, seen);
}

static int way_of(struct stage *stage, size_t i, const char *name)
{
	const struct path_hop hop = {.ttl = 1, .name = name};
	const struct path_facts facts = {.hops = &hop, .hops_count = 1};
	struct observation seen = {.kind = OBSERVED_PATH, .target = &stage->targets[i]};

	seen.path = &facts;
	return observe(stage, seen);
}

/* A result and a finding: of a port, or (i: no target) of the run. */
static int script_of(struct stage *stage, size_t i, const char *id)
{
	const struct script_result result = {.id = id, .text = id};
	const struct script_finding finding = {.id = id};
	struct observation seen = {.kind = OBSERVED_SCRIPT};
	int r;

	if (i < 40)
		seen.target = &stage->targets[i];
	seen.script.place.scope = i < 40 ? SCRIPT_PORT : SCRIPT_PRE;
	seen.script.result = &result;
	if ((r = observe(stage, seen)) < 0)
		return r;
	seen.kind = OBSERVED_FINDING;
	seen.finding.finding = &finding;
	return observe(stage, seen);
}

static int done(struct stage *stage, size_t i)
{
	return observe(stage, (struct observation){.kind = OBSERVED_HOST_DONE,
						   .target = &stage->targets[i],
						   .done = {.state = HOST_UP}});
}

static int end(struct stage *stage)
{
	stage->wall_ns += 5 * NS_PER_S / 2;
	return observe(stage, (struct observation){.kind = OBSERVED_RUN_END});
}

static void facts_of_a_host_become_its_report(void **state)
{
	struct stage *stage = stage_new();

	assert_int_equal(stage_open(stage, false), 0);
	observe(stage, (struct observation){.kind = OBSERVED_RUN_BEGIN});
	up(stage, 7, true);
	up(stage, 7, true);
	port(stage, 7, 80, PORT_CLOSED);
	port(stage, 7, 80, PORT_OPEN);
	port(stage, 7, 80, PORT_OPEN);
	port(stage, 7, 81, PORT_FILTERED);
	assert_int_equal(port(stage, 7, 101, PORT_OPEN), ERROR_RANGE);
	observe(stage, (struct observation){
			       .kind = OBSERVED_NAME, .target = &stage->targets[7], .name = "old"});
	observe(stage, (struct observation){
			       .kind = OBSERVED_NAME, .target = &stage->targets[7], .name = "new"});
	done(stage, 7);
	end(stage);
	assert_string_equal(buf_str(&told), "begin hint7 open80 host7:2new end 2.5");
	stage_close(stage);
}

static void a_target_may_have_ports_of_its_own(void **state)
{
	static struct port_rules own;
	struct stage *stage = stage_new();

	assert_int_equal(stage_open(stage, false), 0);
	portset_add(&own.of[TRANSPORT_TCP], 9999);
	stage->targets[0].ports = &own;
	assert_int_equal(port(stage, 0, 9999, PORT_CLOSED), 0);
	assert_int_equal(port(stage, 0, 80, PORT_CLOSED), ERROR_RANGE);
	assert_int_equal(port(stage, 1, 80, PORT_CLOSED), 0);
	done(stage, 0);
	done(stage, 1);
	assert_string_equal(buf_str(&told), "host0:1 host1:1 ");
	stage_close(stage);
}

/* An -iL line's rules may come to lie where those of an earlier line lay. */
static void rules_may_change_between_hosts(void **state)
{
	static struct port_rules own;
	struct stage *stage = stage_new();

	assert_int_equal(stage_open(stage, false), 0);
	stage->targets[0].ports = stage->targets[1].ports = &own;
	portset_add(&own.of[TRANSPORT_TCP], 9);
	assert_int_equal(port(stage, 0, 9, PORT_CLOSED), 0);
	done(stage, 0);
	portset_clear(&own.of[TRANSPORT_TCP]);
	portset_add_range(&own.of[TRANSPORT_TCP], 1, 3000);
	assert_int_equal(port(stage, 1, 3000, PORT_CLOSED), 0);
	done(stage, 1);
	assert_string_equal(buf_str(&told), "host0:1 host1:1 ");
	stage_close(stage);
}

static void hosts_go_in_order_where_it_costs_little(void **state)
{
	struct stage *stage = stage_new();

	assert_int_equal(stage_open(stage, true), 0);
	done(stage, 2);
	done(stage, 1);
	assert_string_equal(buf_str(&told), "");
	done(stage, 0);
	assert_string_equal(buf_str(&told), "host0:0 host1:0 host2:0 ");
	stage_close(stage);
}

static void nobody_waits_longer_than_patience(void **state)
{
	struct stage *stage = stage_new();
	uint64_t before;

	assert_int_equal(stage_open(stage, true), 0);
	before = loop_now_ns(stage->loop);
	done(stage, 5);
	done(stage, 3);
	loop_run(stage->loop);
	assert_int_equal(loop_now_ns(stage->loop) - before, COLLECTOR_PATIENCE_NS);
	assert_string_equal(buf_str(&told), "host3:0 host5:0 ");
	/* The hosts that were not waited for do not hold up others, nor wait. */
	done(stage, 6);
	done(stage, 1);
	assert_string_equal(buf_str(&told), "host3:0 host5:0 host6:0 host1:0 ");
	stage_close(stage);
}

static void a_list_waits_as_long_as_it_takes(void **state)
{
	struct stage *stage = stage_new();

	stage->plan.list_only = true;
	assert_int_equal(stage_open(stage, true), 0);
	done(stage, 1);
	loop_run(stage->loop);
	assert_string_equal(buf_str(&told), "");
	done(stage, 0);
	assert_string_equal(buf_str(&told), "host0:0 host1:0 ");
	stage_close(stage);
}

static void hosts_under_way_at_the_end_are_told_as_incomplete(void **state)
{
	struct stage *stage = stage_new();

	assert_int_equal(stage_open(stage, true), 0);
	observe(stage, (struct observation){.kind = OBSERVED_RUN_BEGIN});
	up(stage, 4, false);
	up(stage, 2, false);
	done(stage, 3);
	end(stage);
	assert_string_equal(buf_str(&told), "begin part2:0 host3:0 part4:0 end 2.5");
	assert_int_equal(up(stage, 5, false), ERROR_USAGE);
	stage_close(stage);
}

static void waiting_hosts_are_bounded(void **state)
{
	struct stage *stage = stage_new();
	uint64_t i;

	assert_int_equal(stage_open(stage, true), 0);
	for (i = 1; i <= 5000; i++) {
		struct target *target = alloc_zero(sizeof(*target));

		assert_non_null(target);
		target->index = i;
		target->refs = 1;
		observe(stage, (struct observation){.kind = OBSERVED_HOST_DONE,
						    .target = target,
						    .done = {.state = HOST_UP}});
		/* One is ours, and one the collector's while it waits. */
		assert_int_equal(target->refs, i > 4096 ? 1 : 2);
		target_unref(target);
	}
	assert_non_null(strstr(buf_str(&told), "host5000:0"));
	stage_close(stage);
}

/* Copies, in any order; the later of two; nothing of ports that were not scanned. */
static void services_come_with_their_ports(void **state)
{
	struct stage *stage = stage_new();
	char product[] = "a";

	assert_int_equal(stage_open(stage, false), 0);
	assert_int_equal(up(stage, 0, false), 0);
	assert_int_equal(port(stage, 0, 7, PORT_OPEN), 0);
	assert_int_equal(port(stage, 0, 9, PORT_OPEN), 0);
	assert_int_equal(port(stage, 0, 8, PORT_OPEN), 0);
	assert_int_equal(service(stage, 0, 9, product), 0);
	product[0] = 'x';
	assert_int_equal(service(stage, 0, 3, "none"), 0);
	assert_int_equal(service(stage, 0, 7, "b"), 0);
	assert_int_equal(service(stage, 0, 9, "c"), 0);
	assert_int_equal(service(stage, 0, 99, "none"), 0);
	assert_int_equal(done(stage, 0), 0);
	assert_int_equal(up(stage, 1, false), 0);
	assert_int_equal(service(stage, 1, 9, "d"), 0);
	assert_int_equal(port(stage, 1, 9, PORT_OPEN), 0);
	assert_int_equal(end(stage), 0);
	assert_string_equal(buf_str(&told),
			    "open7 open9 open8 is9:a is3:none is7:b is9:c is99:none "
			    "7=b 9=c host0:3 is9:d open9 9=d part1:1 end 1700000002.5");
	stage_close(stage);
}

/* A host that gives much for each port is kept leaner from some point on. */
static void what_services_take_is_bounded(void **state)
{
	static char large[16000];
	const struct service_facts facts = {.product = "p", .fingerprint = large};
	const struct service_facts *copy = NULL;
	struct host_services services = {0};

	memset(large, 'x', sizeof(large) - 1);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(
			host_services_add(&services, TRANSPORT_TCP, (uint16_t)i, &facts, &copy), 0);
	assert_string_equal(copy->product, "p");
	assert_null(copy->fingerprint);
	assert_true(services.bytes > HOST_SERVICES_BYTES);
	assert_true(services.bytes < HOST_SERVICES_BYTES + 5000 * 500);
	host_services_release(&services);
}

static int allocate(void *self)
{
	struct stage *stage = stage_new();
	int r = stage_open(stage, true);

	if (!r) {
		int results[] = {
			up(stage, 0, false),
			up(stage, 1, true),
			port(stage, 1, 5, PORT_OPEN),
			service(stage, 1, 5, "p"),
			system_of(stage, 1, "s"),
			way_of(stage, 1, "w"),
			script_of(stage, 1, "i"),
			script_of(stage, 99, "i"),
			observe(stage, (struct observation){.kind = OBSERVED_NAME,
							    .target = &stage->targets[1],
							    .name = "x"}),
			done(stage, 1),
			done(stage, 0),
			end(stage),
		};
		const struct format_writer *writer;
		size_t i;

		for (i = 0; i < sizeof(results) / sizeof(results[0]); i++)
			r = r ? r : results[i];
		if (r)
			assert_int_equal(collector_error(stage->collector, &writer), r);
	}
	stage_close(stage);
	return r;
}

/* Of a copy, and of the last. */
static void systems_and_ways_come_with_their_host(void **state)
{
	struct stage *stage = stage_new();
	char text[] = "a";

	assert_int_equal(stage_open(stage, true), 0);
	assert_int_equal(up(stage, 0, false), 0);
	assert_int_equal(up(stage, 1, false), 0);
	assert_int_equal(system_of(stage, 1, text), 0);
	assert_int_equal(way_of(stage, 1, text), 0);
	text[0] = 'b';
	assert_int_equal(way_of(stage, 1, text), 0);
	assert_int_equal(system_of(stage, 1, text), 0);
	text[0] = 'x';
	assert_int_equal(done(stage, 1), 0);
	assert_int_equal(done(stage, 0), 0);
	assert_string_equal(buf_str(&told), "system:a way:a way:b system:b host0:0 "
					    "is-b by-b host1:0 ");
	stage_close(stage);
}

static void memory_may_be_short_at_any_point(void **state)
{
	support_each_allocation_fails(allocate, NULL, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_of_a_host_become_its_report),
		cmocka_unit_test(a_target_may_have_ports_of_its_own),
		cmocka_unit_test(rules_may_change_between_hosts),
		cmocka_unit_test(hosts_go_in_order_where_it_costs_little),
		cmocka_unit_test(nobody_waits_longer_than_patience),
		cmocka_unit_test(a_list_waits_as_long_as_it_takes),
		cmocka_unit_test(hosts_under_way_at_the_end_are_told_as_incomplete),
		cmocka_unit_test(waiting_hosts_are_bounded),
		cmocka_unit_test(services_come_with_their_ports),
		cmocka_unit_test(what_services_take_is_bounded),
		cmocka_unit_test(systems_and_ways_come_with_their_host),
		cmocka_unit_test(memory_may_be_short_at_any_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
