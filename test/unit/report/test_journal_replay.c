/* A random scan goes through the collector into every format, and through the
 * journal; played back from there, each format gives the same bytes. */
#include "journal_fixture.h"
#include "script_sample.h"
#include "service_sample.h"
#include "system_sample.h"

#include "engine/technique.h"
#include "report/collector.h"
#include "util/random.h"

#define HOSTS_MAX   24
#define WRITERS_MAX 8
#define ROUNDS      60

struct replayed {
	struct test_scan scan;
	struct format_context context;
	struct loop *loop;
	struct collector *collector;
	struct sink collector_sink;
	struct format_writer *writers[WRITERS_MAX];
	struct buf live[WRITERS_MAX], again;
	size_t formats;
	struct target targets[HOSTS_MAX];
	struct ip_addr others[3];
	struct port_rules own_ports;
	char names[HOSTS_MAX][32];
	struct random random;
	unsigned scripts;
};

static uint32_t chance(struct replayed *t, uint32_t below)
{
	return (uint32_t)random_below(&t->random, below);
}

static void tell(struct replayed *t, struct observation seen)
{
	/* Often at the same instant, as within one turn of the engine's loop. */
	seen.wall_ns = t->scan.wall_ns += chance(t, 2) * 1700000;
	(void)t->collector_sink.observe(t->collector_sink.self, &seen);
	(void)t->scan.sink.observe(t->scan.sink.self, &seen);
}

static void open_writers(struct replayed *t)
{
	const struct report_format *const *all = format_all(&t->formats);

	assert_true(t->formats <= WRITERS_MAX);
	for (size_t i = 0; i < t->formats; i++) {
		struct out *out = NULL;

		assert_int_equal(out_open_buf(&t->live[i], &out), 0);
		assert_int_equal(format_writer_new(all[i], &t->context, out, &t->writers[i]), 0);
	}
}

static void plan_scan(struct replayed *t)
{
	struct plan *plan = &t->scan.plan;

	scan_plan(&t->scan, (uint16_t)(1 + chance(t, 40)));
	portset_add(&t->scan.ports.of[TRANSPORT_TCP], 443);
	portset_add(&t->scan.ports.of[TRANSPORT_UDP], 53);
	plan->privileged = chance(t, 2);
	plan->techniques[0] = technique_by_name(plan->privileged ? "tcp-syn" : "tcp-connect");
	plan->techniques_count = plan->techniques[0] ? 1 : 0;
	plan->output.verbosity = (int)chance(t, 4);
	plan->output.reasons = chance(t, 2);
	plan->output.open_only = !chance(t, 4);
	plan->list_only = !chance(t, 8);
	plan->port_scan = !plan->list_only && chance(t, 6);
	plan->version.wanted = chance(t, 4);
	plan->system.wanted = chance(t, 4);
	plan->system.old_xml = !chance(t, 4);
	plan->path.wanted = chance(t, 4);
	plan->path.mmdb_paths_count = chance(t, 2);
	plan->output.debugging = !chance(t, 4);
	if (!plan->port_scan)
		plan->ports = NULL;
	t->context = (struct format_context){.plan = plan,
					     .screen = chance(t, 2),
					     .program = "portolan",
					     .version = "0.1.0",
					     .url = "https://portolan.example/",
					     .start_s = START_S};
}

static void make_targets(struct replayed *t, uint32_t hosts)
{
	static const char *const endings[] = {"plain", "<&\">", "\xff\xfe", "\x1b[2J", "=1+1"};

	portset_add_range(&t->own_ports.of[TRANSPORT_TCP], 8000, 8003);
	for (int i = 0; i < 3; i++)
		t->others[i] = ip_v4(0xcb007100u + (uint32_t)i);
	for (uint32_t i = 0; i < hosts; i++) {
		struct target *target = &t->targets[i];

		*target = (struct target){.index = i, .addr = ip_v4(0xc6336400u + i), .refs = 1};
		snprintf(t->names[i], sizeof(t->names[i]), "h%u.%s", i, endings[chance(t, 5)]);
		if (chance(t, 2)) {
			target->name = t->names[i];
			target->others = t->others;
			target->others_count = chance(t, 4);
		}
		if (t->scan.plan.ports && !chance(t, 4))
			target->ports = &t->own_ports;
	}
}

static void tell_host(struct replayed *t, const struct target *target, enum host_state state)
{
	struct observation seen = {.kind = OBSERVED_HOST, .target = target};

	seen.host.state = state;
	seen.host.reason = state == HOST_UP ? REASON_SYN_ACK : REASON_HOST_UNREACH;
	seen.host.ttl = (uint8_t)(chance(t, 2) * 64);
	seen.host.from = chance(t, 5) ? (struct ip_addr){0} : t->others[0];
	seen.host.has_mac = target->index % 3 == 1;
	seen.host.mac = (struct mac_addr){{0x52, 0x54, 0, 0, 0, (uint8_t)target->index}};
	seen.host.more = state == HOST_UP && t->scan.plan.port_scan;
	tell(t, seen);
	if (chance(t, 2))
		tell(t, (struct observation){.kind = OBSERVED_NAME,
					     .target = target,
					     .name = t->names[target->index]});
}

static void tell_port(struct replayed *t, const struct target *target, enum transport transport,
		      uint16_t number)
{
	static const struct {
		uint8_t state, reason;
	} kinds[] = {{PORT_CLOSED, REASON_CONN_REFUSED},   {PORT_CLOSED, REASON_CONN_REFUSED},
		     {PORT_OPEN, REASON_SYN_ACK},          {PORT_FILTERED, REASON_NO_RESPONSE},
		     {PORT_FILTERED, REASON_HOST_UNREACH}, {PORT_OPEN_FILTERED, REASON_NO_RESPONSE},
		     {PORT_UNFILTERED, REASON_RESET}};
	struct observation seen = {.kind = OBSERVED_PORT, .target = target};
	uint32_t kind = chance(t, 7);

	seen.port.transport = transport;
	seen.port.number = number;
	seen.port.verdict = (struct verdict){.state = kinds[kind].state,
					     .reason = kinds[kind].reason,
					     .ttl = (uint8_t)(chance(t, 9) ? 0 : 63),
					     .attempt = (uint8_t)(1 + chance(t, 3)),
					     .rtt_us = chance(t, 100000)};
	if (!chance(t, 6))
		seen.port.verdict.from = t->others[chance(t, 2)];
	tell(t, seen);
}

static void tell_service(struct replayed *t, const struct target *target, enum transport transport,
			 uint16_t number)
{
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = target};
	struct service_sample sample;
	uint8_t bytes[1200];
	struct reader in;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)chance(t, chance(t, 2) ? 256 : 128);
	in = reader_of(bytes, 100 + chance(t, sizeof(bytes) - 100));
	service_sample_of(&sample, &in);
	seen.service.transport = transport;
	seen.service.number = number;
	seen.service.facts = &sample.facts;
	tell(t, seen);
	service_sample_release(&sample);
}

/* Which system it runs, or the way to it. */
static void tell_system(struct replayed *t, const struct target *target, bool system)
{
	struct observation seen = {.kind = system ? OBSERVED_SYSTEM : OBSERVED_PATH,
				   .target = target};
	struct system_sample *sample = calloc(1, sizeof(*sample));
	uint8_t bytes[4000];
	struct reader in;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)chance(t, chance(t, 2) ? 256 : 128);
	in = reader_of(bytes, 100 + chance(t, sizeof(bytes) - 100));
	system_sample_of(sample, &in);
	if (system)
		seen.system = &sample->system;
	else
		seen.path = &sample->path;
	tell(t, seen);
	system_sample_release(sample);
	free(sample);
}

/* A result and a finding, or one of both; of the target, a port of it, or the run. */
static void tell_scripts(struct replayed *t, const struct target *target, enum script_scope scope,
			 uint16_t number)
{
	const struct script_place place = {scope, scope == SCRIPT_PORT ? TRANSPORT_TCP : 0, number};
	struct observation script = {.kind = OBSERVED_SCRIPT, .target = target}, finding = script;
	struct script_sample *sample = calloc(1, sizeof(*sample));
	uint8_t bytes[2000];
	struct reader in;
	char id[16];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)chance(t, chance(t, 2) ? 256 : 128);
	in = reader_of(bytes, 100 + chance(t, sizeof(bytes) - 100));
	script_sample_of(sample, &in);
	/* Of those that replace each other, a journal keeps the last. */
	snprintf(id, sizeof(id), "s%u", t->scripts++);
	sample->result.id = sample->finding.id = id;
	finding.kind = OBSERVED_FINDING;
	script.script.place = finding.finding.place = place;
	script.script.result = &sample->result;
	finding.finding.finding = &sample->finding;
	if (chance(t, 4))
		tell(t, script);
	if (chance(t, 2))
		tell(t, finding);
	script_sample_release(sample);
	free(sample);
}

static void tell_scripts_of_run(struct replayed *t, enum script_scope scope)
{
	struct observation done = {.kind = OBSERVED_SCRIPTS_DONE};

	done.scripts_done = scope;
	for (uint32_t i = chance(t, 3); i; i--)
		tell_scripts(t, NULL, scope, 0);
	if (chance(t, 3))
		tell(t, done);
}

static void tell_ports(struct replayed *t, const struct target *target)
{
	const struct port_rules *rules = target->ports ? target->ports : t->scan.plan.ports;

	for (int transport = 0; transport < TRANSPORTS; transport++)
		for (int32_t p = portset_next(&rules->of[transport], 0); p >= 0;
		     p = portset_next(&rules->of[transport], (uint32_t)p + 1))
			if (chance(t, 20)) {
				tell_port(t, target, (enum transport)transport, (uint16_t)p);
				if (t->scan.plan.version.wanted && !chance(t, 4))
					tell_service(t, target, (enum transport)transport,
						     (uint16_t)p);
			}
}

static void tell_liar(struct replayed *t, const struct target *target)
{
	struct observation seen = {.kind = OBSERVED_LIAR, .target = target};

	seen.liar.kind = (enum liar_kind)(1 + chance(t, LIAR_KINDS - 1));
	seen.liar.ttl = chance(t, 2) ? 63 : 0;
	tell(t, seen);
}

static void tell_done(struct replayed *t, const struct target *target, enum host_state state)
{
	struct observation seen = {.kind = OBSERVED_HOST_DONE, .target = target};

	seen.done.state = state;
	seen.done.ports_scanned = t->scan.plan.port_scan && state == HOST_UP;
	seen.done.timed_out = state == HOST_UP && !chance(t, 9);
	seen.done.incomplete = !chance(t, 9);
	if (seen.done.ports_scanned) {
		seen.done.start_wall_ns = t->scan.wall_ns;
		seen.done.end_wall_ns = t->scan.wall_ns + NS_PER_S;
	}
	seen.done.has_rtt = state == HOST_UP && chance(t, 5);
	seen.done.srtt_us = chance(t, 3000000);
	seen.done.rttvar_us = chance(t, 3000000);
	seen.done.timeout_us = chance(t, 3000000);
	tell(t, seen);
}

static void tell_end(struct replayed *t, uint64_t hosts)
{
	struct observation seen = {.kind = OBSERVED_RUN_END};

	seen.end.outcome = (enum run_outcome)chance(t, 3);
	seen.end.why = seen.end.outcome == RUN_FAILED ? "the cable was cut" : NULL;
	seen.end.hosts_total = hosts;
	seen.end.hosts_up = hosts / 2;
	seen.end.probes_sent = chance(t, 1000);
	seen.end.probes_answered = chance(t, 1000);
	seen.end.probes_resent = chance(t, 3);
	seen.end.dropped_locally = chance(t, 3);
	seen.end.estimated_missed = (double)chance(t, 3) / 2 - 0.5;
	seen.end.probes_planned = chance(t, 3);
	seen.end.dropped_receiving = chance(t, 3);
	seen.end.missed = (double)chance(t, 3) - 1;
	seen.end.missed_low = chance(t, 10) / 10.0;
	seen.end.missed_high = 1 + chance(t, 10) / 10.0;
	seen.end.raw_sent = chance(t, 1000);
	seen.end.raw_sent_bytes = chance(t, 2000000);
	seen.end.raw_received = chance(t, 1000);
	seen.end.raw_received_bytes = chance(t, 2000000);
	tell(t, seen);
}

/* The engine's ways: several hosts under way, done in any order. */
static void run_scan(struct replayed *t)
{
	enum host_state state[HOSTS_MAX];
	uint32_t hosts = 1 + chance(t, HOSTS_MAX), order[HOSTS_MAX];

	make_targets(t, hosts);
	tell(t, (struct observation){.kind = OBSERVED_RUN_BEGIN});
	tell_scripts_of_run(t, SCRIPT_PRE);
	for (uint32_t i = 0; i < hosts; i++) {
		order[i] = i;
		state[i] = t->scan.plan.list_only ? HOST_UNKNOWN
			   : chance(t, 4)         ? HOST_UP
						  : HOST_DOWN;
		tell_host(t, &t->targets[i], state[i]);
		if (!chance(t, 8))
			tell(t, (struct observation){.kind = OBSERVED_WARNING,
						     .warning = "mind <it>"});
		if (!chance(t, 8))
			tell(t, (struct observation){.kind = OBSERVED_TARGET_SKIPPED,
						     .skipped = {.expression = "1.2.3.4.5",
								 .why = "No address."}});
	}
	for (uint32_t i = 0; i < hosts; i++) {
		uint32_t other = i + chance(t, hosts - i), host = order[other];

		order[other] = order[i];
		if (t->scan.plan.port_scan && state[host] == HOST_UP)
			tell_ports(t, &t->targets[host]);
		if (t->scan.plan.port_scan && state[host] == HOST_UP && !chance(t, 3))
			tell_liar(t, &t->targets[host]);
		if (t->scan.plan.system.wanted && state[host] == HOST_UP && chance(t, 4))
			tell_system(t, &t->targets[host], true);
		if (t->scan.plan.path.wanted && state[host] == HOST_UP && chance(t, 4))
			tell_system(t, &t->targets[host], false);
		for (uint32_t some = chance(t, 4); state[host] == HOST_UP && some; some--)
			tell_scripts(t, &t->targets[host], chance(t, 2) ? SCRIPT_PORT : SCRIPT_HOST,
				     (uint16_t)(1 + chance(t, 20)));
		tell_done(t, &t->targets[host], state[host]);
	}
	tell_scripts_of_run(t, SCRIPT_POST);
	tell_end(t, hosts);
}

/* Documents are long: only the first line that differs is of interest. */
static void assert_same_text(const char *format, const char *live, const char *again)
{
	size_t same = 0;

	while (live[same] && live[same] == again[same])
		same++;
	if (!live[same] && !again[same])
		return;
	while (same && live[same - 1] != '\n')
		same--;
	fail_msg("%s:\n live: %.*s\n again: %.*s", format, (int)strcspn(live + same, "\n"),
		 live + same, (int)strcspn(again + same, "\n"), again + same);
}

static void assert_same(struct replayed *t, const char *path)
{
	const struct report_format *const *all = format_all(&t->formats);

	for (size_t i = 0; i < t->formats; i++) {
		struct format_writer *writer = NULL;
		struct journal *journal = NULL;
		struct out *out = NULL;
		struct diag diag = {0};

		format_writer_free(t->writers[i], NULL);
		buf_clear(&t->again);
		assert_int_equal(out_open_buf(&t->again, &out), 0);
		assert_int_equal(format_writer_new(all[i], &t->context, out, &writer), 0);
		assert_int_equal(journal_open(path, &journal, &diag), 0);
		if (journal_replay(journal, 0, writer, &diag) < 0)
			fail_msg("%s", diag.text);
		journal_close(journal);
		format_writer_free(writer, NULL);
		/* The skid format mangles letters at random. */
		if (strcmp(all[i]->name, "skiddie"))
			assert_same_text(all[i]->name, buf_str(&t->live[i]), buf_str(&t->again));
		assert_true(t->again.len > 0);
		buf_release(&t->live[i]);
	}
	buf_release(&t->again);
}

static void play_round(uint64_t seed, const char *path)
{
	struct replayed *t = calloc(1, sizeof(*t));
	struct collector_config config;

	assert_non_null(t);
	random_init(&t->random, seed);
	plan_scan(t);
	open_writers(t);
	t->loop = loop_sim_new(START_S * NS_PER_S);
	assert_non_null(t->loop);
	config = (struct collector_config){.plan = &t->scan.plan,
					   .loop = t->loop,
					   .writers = t->writers,
					   .writers_count = t->formats};
	assert_int_equal(collector_new(&config, &t->collector), 0);
	t->collector_sink = collector_sink(t->collector);
	scan_start(&t->scan, path);
	run_scan(t);
	assert_true(scan_finish(&t->scan) > 0);
	collector_free(t->collector);
	assert_same(t, path);
	loop_free(t->loop);
	free(t);
}

static void a_replay_gives_the_bytes_of_the_live_run(void **state)
{
	const char *wish = getenv("PORTOLAN_SEED");
	uint64_t seed = wish ? strtoull(wish, NULL, 10) : random_system_seed();
	char path[128];

	journal_path(path, "replayed");
	for (int round = 0; round < ROUNDS; round++, seed++) {
		print_message("PORTOLAN_SEED=%llu\n", (unsigned long long)seed);
		play_round(seed, path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replay_gives_the_bytes_of_the_live_run),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
