/* The facts of a system and of a way to a host, each with every field. Included by each
 * test program. */
#ifndef PORTOLAN_TEST_SYSTEM_FIXTURE_H
#define PORTOLAN_TEST_SYSTEM_FIXTURE_H

#include "engine/path.h"
#include "engine/system.h"

static const char *const system_cpes[] = {"cpe:/o:test:testix:5", "cpe:/h:test:ap<300>"};

static const struct system_class system_classes[] = {
	{.vendor = "Testix",
	 .family = "Testix",
	 .type = "general purpose",
	 .generation = "5.X",
	 .accuracy = 97,
	 .cpes = system_cpes,
	 .cpes_count = 1},
	{.vendor = "AB&C",
	 .family = "embedded",
	 .type = "WAP",
	 .accuracy = 97,
	 .cpes = system_cpes,
	 .cpes_count = 2},
};

static const struct system_match system_matches[] = {
	{.name = "Testix 5.1 - 5.4",
	 .accuracy = 97,
	 .guess = true,
	 .line = 12,
	 .file = "testix.fp",
	 .classes = system_classes,
	 .classes_count = 2},
	{.name = "Testix 4.19",
	 .accuracy = 92,
	 .guess = true,
	 .line = 40,
	 .file = "testix.fp",
	 .classes = system_classes,
	 .classes_count = 1},
	{.name = "Zilch 1", .accuracy = 85, .line = 99, .file = "zilch.fp"},
};

static const struct system_evidence system_evidence_list[] = {
	{.source = "syn-ack",
	 .says = "TTL 64, window 64240, options MSTNW",
	 .family = "Testix",
	 .weight = 3.25},
	{.source = "hardware address", .says = "AB&C", .weight = -0.5},
};

static const struct system_guess system_guesses[] = {
	{.name = "Testix 5.X", .family = "Testix", .probability = 0.91},
	{.name = "Testix 4.X", .family = "Testix", .probability = 0.06},
	{.name = "something else", .family = "", .probability = 0.009},
};

static const struct system_facts fixture_system = {
	.result = SYSTEM_NEAR,
	.ip_version = 4,
	.own_data = true,
	.unreliable = true,
	.guessing = true,
	.unfit = "Missing a closed TCP port",
	.open_tcp = 80,
	.closed_tcp = -1,
	.closed_udp = 34567,
	.matches = system_matches,
	.matches_count = 3,
	.types = {"general purpose", "WAP"},
	.types_count = 2,
	.running = {{"Testix 5.X|4.X", 97, false}, {"AB&C embedded", 97, false}},
	.running_count = 2,
	.cpes = {"cpe:/o:test:testix:5", "cpe:/h:test:ap<300>"},
	.cpes_count = 2,
	.fingerprint = "SCAN(V=0.1%E=4%D=11/26%OT=80%CT=%CU=34567%PV=Y%DS=2%DC=I%G=N%TM=6B07BB43%P="
		       "x)\nSEQ(SP=FD%GCD=1)\nT1(R=Y)\n",
	.has_uptime = true,
	.uptime_s = 90061,
	.boot_s = 1700000000,
	.has_distance = true,
	.distance = 2,
	.distance_by = 'I',
	.samples = 4,
	.isns = {0, 0xab, 0xffffffff, 1},
	.ids = {0, 1, 0xffff, 2},
	.timestamps = {9, 10, 11, 0xdeadbeef},
	.has_index = true,
	.index = 253,
	.difficulty = "Good luck!",
	.ipid_class = "All zeros",
	.timestamp_class = "1000HZ",
	.has_timestamps = true,
	.guesses = system_guesses,
	.guesses_count = 3,
	.evidence = system_evidence_list,
	.evidence_count = 2,
	.rounds = 2,
	.probes_sent = 32,
	.probes_answered = 27,
	.took_ns = 1500000000,
};

static const struct path_hop path_hops[] = {
	{.ttl = 1,
	 .from = {.family = IP_V4, .bytes = {10, 0, 0, 1}},
	 .has_rtt = true,
	 .rtt_us = 1234,
	 .cached = true,
	 .name = "router.example",
	 .place = {.country = "DE", .organization = "Example <Networks>", .asn = 64500}},
	{.ttl = 2},
	{.ttl = 3},
	{.ttl = 4, .from = {.family = IP_V4, .bytes = {10, 0, 3, 1}}, .place = {.country = "FR"}},
	{.ttl = 5,
	 .from = {.family = IP_V4, .bytes = {192, 0, 2, 1}},
	 .has_rtt = true,
	 .rtt_us = 15},
};

static const struct path_facts fixture_path = {
	.probe = PATH_PORT,
	.transport = TRANSPORT_TCP,
	.number = 80,
	.reached = true,
	.same_hops = 1,
	.same_as = {.family = IP_V4, .bytes = {192, 0, 2, 9}},
	.hops = path_hops,
	.hops_count = 5,
	.probes_sent = 9,
};

#endif
