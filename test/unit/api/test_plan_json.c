#include "support.h"

#include "api/options.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct plan *plan_of(const char *const *argv)
{
	enum request_kind kind;
	struct plan *plan = NULL;
	struct diag diag = {0};
	int argc = 0, r;

	while (argv[argc])
		argc++;
	r = plan_from_argv(&(struct plan_request){.argc = argc,
						  .argv = (char *const *)argv,
						  .raw_possible = true},
			   &kind, &plan, &diag);
	if (r < 0)
		fail_msg("%s", diag.text);
	return plan;
}

#define PLAN(...) plan_of((const char *const[]){"/usr/local/bin/nmap", __VA_ARGS__, NULL})

static char probes[] = "/tmp/portolan-json-XXXXXX"; /* an empty file: no probes */

static int make_probes(void **state)
{
	int fd = mkstemp(probes);

	return fd < 0 ? -1 : close(fd);
}

static int remove_probes(void **state)
{
	return unlink(probes);
}

static struct plan *everything(void)
{
	return PLAN("-sT", "-p", "22,80-90", "-PS22,25", "--exclude", "10.0.0.1,10.0.0.2",
		    "--excludefile", "out.txt", "-iL", "in.txt", "-6", "-S", "::1", "-e", "lo",
		    "--ttl", "9", "-R", "--dns-servers", "10.9.9.9,10.9.9.8", "-T4", "--max-rate",
		    "12.5", "--seed", "7", "-oX", "out-\xff.xml", "-oN", "-", "-vv",
		    "--stats-every", "1.5s", "-r", "--journal", "j.db", "--stylesheet", "x.xsl",
		    "-sV", "--version-intensity", "3", "--allports", "--version-trace",
		    "--versiondb", probes, "-O", "--osscan-limit", "--osscan-guess", "--osscan-all",
		    "--max-os-tries", "3", "--max-os-probes", "40", "--deprecated-xml-osclass",
		    "--osdb", probes, "--traceroute", "--mmdb", probes, "--mmdb", "/dev/null",
		    "host name", "\xc3\xa9.example");
}

static void assert_same_detection(const struct plan *back)
{
	const struct plan_version *version = &back->version;
	const struct plan_system *system = &back->system;
	const struct plan_path *path = &back->path;

	assert_true(version->wanted && version->all_ports && version->trace);
	assert_int_equal(version->intensity, 3);
	assert_string_equal(version->probes_path, probes);
	assert_true(system->wanted && system->limit && system->guess && system->all);
	assert_true(system->old_xml);
	assert_int_equal(system->tries, 3);
	assert_int_equal(system->probes_max, 40);
	assert_string_equal(system->db_path, probes);
	assert_true(path->wanted);
	assert_int_equal(path->mmdb_paths_count, 2);
	assert_string_equal(path->mmdb_paths[0], probes);
	assert_string_equal(path->mmdb_paths[1], "/dev/null");
}

static void a_plan_comes_back_as_it_was(void **state)
{
	struct plan *plan = everything(), *back = NULL;
	char *json = plan_to_json(plan), *again;
	struct diag diag = {0};

	assert_non_null(json);
	if (plan_from_json(json, strlen(json), &back, &diag) < 0)
		fail_msg("%s", diag.text);
	again = plan_to_json(back);
	assert_string_equal(json, again);
	assert_string_equal(back->program, "nmap");
	assert_string_equal(back->output.files[0].path, "out-\xff.xml");
	assert_string_equal(back->output.files[0].format, "xml");
	assert_string_equal(back->targets.expressions[0], "host name");
	assert_int_equal(back->targets.excludes_count, 2);
	assert_int_equal(back->seed, 7);
	assert_same_detection(back);
	assert_true(ip_equal(&back->source_addr, &plan->source_addr));
	assert_memory_equal(back->ports, plan->ports, sizeof(*back->ports));
	assert_memory_equal(&back->timing, &plan->timing, sizeof(back->timing));
	assert_memory_equal(&back->discovery.connect, &plan->discovery.connect,
			    sizeof(back->discovery.connect));
	assert_ptr_equal(back->techniques[0], technique_by_letter('T'));
	assert_int_equal(back->names, NAMES_ALWAYS);
	assert_string_equal(back->argv[0], "/usr/local/bin/nmap");
	assert_int_equal(back->argc, plan->argc);
	assert_string_equal(services_name(back->services, TRANSPORT_TCP, 22), "ssh");
	alloc_free(json);
	alloc_free(again);
	plan_free(plan);
	plan_free(back);
}

static struct plan *all_of_raw(void)
{
	return PLAN("-sSUY", "-p", "T:1,U:2,S:3", "-PE", "-PS22,25", "-PU", "-PO", "-PM", "-D",
		    "10.9.9.9,ME,RND:3,fd00::1", "--data", "00ff", "--ip-options",
		    "L 10.0.0.1 10.0.0.2", "--spoof-mac", "02:1b", "-g", "53", "-f", "--badsum",
		    "--adler32", "--scanflags", "0x29", "--send-ip", "--disable-arp-ping", "--pcap",
		    "a\xff.pcap", "--seed", "3", "host");
}

static void assert_same_packets(const struct plan *plan, const struct plan *back)
{
	const struct plan_packets *a = &plan->packets, *b = &back->packets;
	size_t i;

	assert_int_equal(a->decoys_count, 5);
	assert_int_equal(b->decoys_count, 5);
	for (i = 0; i < 5; i++)
		assert_true(ip_equal(&a->decoys[i], &b->decoys[i]));
	assert_int_equal(b->own_place, 1);
	assert_int_equal(b->data_bytes, 2);
	assert_memory_equal(b->data, "\0\xff", 2);
	assert_true(b->has_data && b->has_source_port && b->has_mac && b->bad_sum && b->adler32);
	assert_int_equal(b->ip_options_bytes, a->ip_options_bytes);
	assert_memory_equal(b->ip_options, a->ip_options, a->ip_options_bytes);
	assert_true(ip_equal(&a->first_hop, &b->first_hop));
	assert_int_equal(b->target_at, 12);
	assert_memory_equal(&a->mac, &b->mac, sizeof(a->mac));
	assert_int_equal(b->layer, LAYER_ETHERNET);
	assert_int_equal(b->fragment_bytes, 8);
	assert_int_equal(b->source_port, 53);
	assert_int_equal(b->scan_flags, 0x29);
	assert_string_equal(b->pcap_path, "a\xff.pcap");
}

static void raw_plans_come_back_as_they_were(void **state)
{
	struct plan *plan = all_of_raw(), *back = NULL;
	char *json = plan_to_json(plan), *again;
	struct diag diag = {0};
	size_t i;

	assert_non_null(json);
	if (plan_from_json(json, strlen(json), &back, &diag) < 0)
		fail_msg("%s", diag.text);
	again = plan_to_json(back);
	assert_string_equal(json, again);
	assert_same_packets(plan, back);
	assert_true(back->privileged);
	assert_false(back->discovery.neighbours);
	assert_int_equal(back->discovery.pings_count, 8);
	for (i = 0; i < 8; i++) {
		assert_ptr_equal(back->discovery.pings[i].technique,
				 plan->discovery.pings[i].technique);
		assert_int_equal(back->discovery.pings[i].port, plan->discovery.pings[i].port);
	}
	assert_int_equal(back->techniques_count, 3);
	assert_non_null(back->payloads);
	alloc_free(json);
	alloc_free(again);
	plan_free(plan);
	plan_free(back);
}

static void sweeps_and_zombies_come_back(void **state)
{
	struct plan *plan = PLAN("--shard", "3/7", "--special-targets", "-sU", "-p9", "host");
	struct plan *idle = PLAN("-sI", "10.0.0.9:99", "host"), *back = NULL;
	char *json = plan_to_json(plan);
	struct diag diag = {0};

	assert_int_equal(plan_from_json(json, strlen(json), &back, &diag), 0);
	assert_true(back->sweep.wanted && back->sweep.special);
	assert_int_equal(back->sweep.shard, 2);
	assert_int_equal(back->sweep.shards, 7);
	alloc_free(json);
	plan_free(back);
	json = plan_to_json(idle);
	assert_int_equal(plan_from_json(json, strlen(json), &back, &diag), 0);
	assert_true(ip_equal(&back->idle.zombie, &idle->idle.zombie));
	assert_string_equal(back->idle.zombie_name, "10.0.0.9");
	assert_int_equal(back->idle.port, 99);
	alloc_free(json);
	plan_free(back);
	plan_free(plan);
	plan_free(idle);
}

static void the_largest_seed_survives(void **state)
{
	struct plan *plan = PLAN("127.0.0.1"), *back = NULL;
	struct diag diag;
	char *json;

	plan->seed = UINT64_MAX;
	json = plan_to_json(plan);
	assert_int_equal(plan_from_json(json, strlen(json), &back, &diag), 0);
	assert_true(back->seed == UINT64_MAX);
	alloc_free(json);
	plan_free(plan);
	plan_free(back);
}

static void missing_values_are_the_defaults_and_unknown_ones_are_left_alone(void **state)
{
	const char *json = "{\"portolan_plan\": 1, \"port_scan\": false, \"next year\": {},"
			   " \"targets\": {\"colour\": 3}}";
	struct plan *plan = NULL, *fresh = plan_new();
	struct diag diag = {0};

	assert_int_equal(plan_from_json(json, strlen(json), &plan, &diag), 0);
	assert_memory_equal(&plan->timing, &fresh->timing, sizeof(plan->timing));
	assert_true(portset_has(&plan->discovery.connect, 443));
	assert_int_equal(plan->ttl, -1);
	plan_free(plan);
	plan_free(fresh);
}

struct refused {
	const char *json, *words;
};

#define RAW(text, path)                                                          \
	{                                                                        \
		"{\"portolan_plan\": 1, \"port_scan\": false, \"" text "}", path \
	}

static void what_is_wrong_is_named_by_its_path(void **state)
{
	static const struct refused cases[] = {
		{"", "line 1"},
		{"[]", "not a portolan plan"},
		{"{\"portolan_plan\": 2}", "this version reads 1"},
		{"{\"portolan_plan\": 1, \"portolan_plan\": 1}", "duplicate"},
		{"{\"portolan_plan\": 1, \"timing\": {\"level\": 9}}", "timing.level"},
		{"{\"portolan_plan\": 1, \"timing\": {\"level\": \"x\"}}", "timing.level"},
		{"{\"portolan_plan\": 1, \"timing\": {\"min_rtt_ns\": -1}}", "timing.min_rtt_ns"},
		{"{\"portolan_plan\": 1, \"port_scan\": false,"
		 " \"timing\": {\"min_rtt_ns\": 20000000000}}",
		 "timing.min_rtt_ns"},
		{"{\"portolan_plan\": 1, \"timing\": {\"max_rate_pps\": true}}",
		 "timing.max_rate_pps"},
		{"{\"portolan_plan\": 1, \"timing\": {\"min_hostgroup\": 4000000000}}",
		 "timing.min_hostgroup"},
		{"{\"portolan_plan\": 1, \"timing\": []}", "timing"},
		{"{\"portolan_plan\": 1, \"targets\": {\"expressions\": [3]}}",
		 "targets.expressions"},
		{"{\"portolan_plan\": 1, \"targets\": {\"expressions\": [{\"hex\": \"6g\"}]}}",
		 "targets.expressions"},
		{"{\"portolan_plan\": 1, \"targets\": {\"expressions\": [{\"hex\": \"vn\"}]}}",
		 "targets.expressions"},
		{"{\"portolan_plan\": 1, \"targets\": {\"expressions\": [{\"hex\": \"6100\"}]}}",
		 "targets.expressions"},
		{"{\"portolan_plan\": 1, \"techniques\": [\"tcp-magic\"]}", "tcp-magic"},
		{"{\"portolan_plan\": 1, \"techniques\": []}", "techniques"},
		{"{\"portolan_plan\": 1, \"techniques\": [\"tcp-connect\"]}", "ports"},
		{"{\"portolan_plan\": 1, \"techniques\": [\"tcp-connect\"],"
		 " \"ports\": {\"tcp\": \"70000\"}}",
		 "ports.tcp"},
		{"{\"portolan_plan\": 1, \"techniques\": [\"tcp-connect\"],"
		 " \"ports\": {\"tcp\": \"9-3\"}}",
		 "ports.tcp"},
		{"{\"portolan_plan\": 1, \"discovery\": {\"connect\": \"1,\"}}",
		 "discovery.connect"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"source_addr\": \"x\"}",
		 "source_addr"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"seed\": \"99999999999999999999\"}",
		 "seed"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"names\": \"no\"}", "names"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"program\": \"sh\"}", "program"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"services\": \"/nonexistent\"}",
		 "/nonexistent"},
		{"{\"portolan_plan\": 1, \"port_scan\": false,"
		 " \"output\": {\"files\": [{\"format\": \"xml\"}]}}",
		 "output.files.path"},
		{"{\"portolan_plan\": 1, \"port_scan\": false,"
		 " \"output\": {\"files\": [1,2,3,4,5,6,7,8,9]}}",
		 "output.files"},
		RAW("packets\": {\"fragment_bytes\": 9}", "packets.fragment_bytes"),
		RAW("packets\": {\"own_place\": 1}", "packets.own_place"),
		RAW("packets\": {\"layer\": \"air\"}", "packets.layer"),
		RAW("packets\": {\"mac\": \"0102\"}", "packets.mac"),
		RAW("packets\": {\"mac\": \"01020304050607\"}", "packets.mac"),
		RAW("packets\": {\"data\": \"0\"}", "packets.data"),
		RAW("packets\": {\"data\": 7}", "packets.data"),
		RAW("packets\": {\"data\": \"zz\"}", "packets.data"),
		RAW("packets\": {\"ip_options\": \"0101\"}", "packets.ip_options"),
		RAW("packets\": {\"first_hop\": \"10.0.0.1\", \"target_at\": 4}",
		    "packets.target_at"),
		RAW("packets\": {\"first_hop\": \"10.0.0.1\", \"target_at\": 5,"
		    " \"ip_options\": \"0101010101010101\"}",
		    "packets.target_at"),
		RAW("packets\": {\"first_hop\": \"::1\"}", "packets.first_hop"),
		RAW("packets\": {\"decoys\": [null]}", "packets.decoys"),
		RAW("packets\": {\"decoys\": [\"x\"]}", "packets.decoys"),
		RAW("packets\": {\"scan_flags\": 256}", "packets.scan_flags"),
		RAW("packets\": {\"source_port\": 65536}", "packets.source_port"),
		RAW("sweep\": {\"shard\": 1}", "sweep.shard"),
		RAW("sweep\": {\"shards\": 0}", "sweep.shards"),
		RAW("idle\": {\"zombie\": \"x\"}", "idle.zombie"),
		RAW("discovery\": {\"pings\": [{\"technique\": \"tcp-magic\"}]}", "tcp-magic"),
		RAW("discovery\": {\"pings\": [{\"technique\": \"udp\", \"port\": 70000}]}",
		    "discovery.pings.port"),
		RAW("discovery\": {\"pings\": [7]}", "discovery.pings"),
		RAW("discovery\": {\"pings\": 7}", "discovery.pings"),
		RAW("protocols\": \"/nonexistent\"", "/nonexistent"),
		RAW("system\": {\"tries\": 0}", "system.tries"),
		RAW("system\": {\"tries\": 51}", "system.tries"),
		RAW("system\": {\"probes_max\": 65536}", "system.probes_max"),
		RAW("system\": {\"prints\": 1}", "system.prints"),
		RAW("path\": {\"mmdb\": \"x\"}", "path.mmdb"),
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"system\": {\"wanted\": true}}",
		 "system.wanted"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"path\": {\"wanted\": true}}",
		 "path.wanted"},
		{"{\"portolan_plan\": 1, \"port_scan\": false, \"list_only\": true,"
		 " \"privileged\": true, \"path\": {\"wanted\": true}}",
		 "path.wanted"},
		{"{\"portolan_plan\": 1, \"techniques\": [\"tcp-syn\"],"
		 " \"ports\": {\"tcp\": \"1\"}}",
		 "privileged"},
		{"{\"portolan_plan\": 1, \"techniques\": [\"idle\"], \"privileged\": true,"
		 " \"ports\": {\"tcp\": \"1\"}}",
		 "idle.zombie"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan *plan = NULL;
		struct diag diag = {0};
		int r = plan_from_json(cases[i].json, strlen(cases[i].json), &plan, &diag);

		if (r >= 0 || plan || !strstr(diag.text, cases[i].words))
			fail_msg("%s: %d %s", cases[i].json, r, diag.text);
	}
}

static void hostile_sizes_are_refused(void **state)
{
	size_t bytes = ((size_t)16 << 20) + 1;
	char *json = calloc(1, bytes + 1);
	struct plan *plan = NULL;
	struct diag diag;

	assert_non_null(json);
	memset(json, '[', bytes);
	assert_int_equal(plan_from_json(json, bytes, &plan, &diag), ERROR_LIMIT);
	/* Deep nesting is the JSON parser's own limit. */
	assert_int_equal(plan_from_json(json, 1 << 20, &plan, &diag), ERROR_SYNTAX);
	assert_null(plan);
	free(json);
}

static int there_and_back(void *self)
{
	struct plan *plan = NULL;
	struct diag diag;
	int r = plan_from_json(self, strlen(self), &plan, &diag);
	char *json = r == 0 ? plan_to_json(plan) : NULL;

	if (r == 0 && !json)
		r = ERROR_MEMORY;
	alloc_free(json);
	plan_free(plan);
	return r;
}

static void short_memory_loses_nothing_of_raw_plans(void **state)
{
	struct plan *plan = all_of_raw();
	char *json = plan_to_json(plan);

	support_each_allocation_fails(there_and_back, json, 100000);
	alloc_free(json);
	plan_free(plan);
}

static void short_memory_loses_nothing(void **state)
{
	struct plan *plan = everything();
	char *json = plan_to_json(plan);

	support_each_allocation_fails(there_and_back, json, 100000);
	alloc_free(json);
	plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_comes_back_as_it_was),
		cmocka_unit_test(raw_plans_come_back_as_they_were),
		cmocka_unit_test(sweeps_and_zombies_come_back),
		cmocka_unit_test(short_memory_loses_nothing_of_raw_plans),
		cmocka_unit_test(the_largest_seed_survives),
		cmocka_unit_test(missing_values_are_the_defaults_and_unknown_ones_are_left_alone),
		cmocka_unit_test(what_is_wrong_is_named_by_its_path),
		cmocka_unit_test(hostile_sizes_are_refused),
		cmocka_unit_test(short_memory_loses_nothing),
	};

	return cmocka_run_group_tests(tests, make_probes, remove_probes);
}
