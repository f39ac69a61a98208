/* Plans of raw packets: what each option makes of them. */
#include "support.h"

#include "api/options.h"
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct asked {
	const char *datadir;
	bool no_privilege;
	struct plan *plan;
	struct diag diag;
	struct buf warnings;
};

static void note_warning(void *self, const char *text)
{
	buf_addf(self, "%s\n", text);
}

static int ask(struct asked *asked, const char *const *argv)
{
	enum request_kind kind;
	int argc = 0;

	while (argv[argc])
		argc++;
	plan_free(asked->plan);
	asked->plan = NULL;
	asked->diag = (struct diag){0};
	buf_release(&asked->warnings);
	return plan_from_argv(
		&(struct plan_request){
			.argc = argc,
			.argv = (char *const *)argv,
			.datadir = asked->datadir,
			.raw_possible = !asked->no_privilege,
			.warn = note_warning,
			.self = &asked->warnings,
		},
		&kind, &asked->plan, &asked->diag);
}

#define ASK(...) ask(asked, (const char *const[]){"portolan", __VA_ARGS__, "h", NULL})

#define PLAN(...)                                         \
	do {                                              \
		if (ASK(__VA_ARGS__) < 0)                 \
			fail_msg("%s", asked->diag.text); \
	} while (0)

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct asked));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	struct asked *asked = *state;

	plan_free(asked->plan);
	buf_release(&asked->warnings);
	free(asked);
	return 0;
}

static void assert_techniques(const struct plan *plan, const char *wanted)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < plan->techniques_count; i++)
		buf_addf(&text, "%s%s", i ? " " : "", plan->techniques[i]->name);
	assert_string_equal(buf_str(&text), wanted);
	buf_release(&text);
}

static void assert_pings(const struct plan *plan, const char *wanted)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < plan->discovery.pings_count; i++) {
		const struct plan_ping *ping = &plan->discovery.pings[i];

		buf_addf(&text, "%s%s", i ? " " : "", ping->technique->name);
		if (ping->port)
			buf_addf(&text, ":%u", ping->port);
	}
	assert_string_equal(buf_str(&text), wanted);
	buf_release(&text);
}

static void assert_ports(const struct portset *ports, const char *wanted)
{
	struct buf text = BUF_INIT;

	portset_format(ports, &text);
	assert_string_equal(buf_str(&text), wanted);
	buf_release(&text);
}

static void privilege_chooses_the_scan(void **state)
{
	struct asked *asked = *state;

	PLAN("-n");
	assert_true(asked->plan->privileged);
	assert_techniques(asked->plan, "tcp-syn");
	PLAN("--unprivileged");
	assert_false(asked->plan->privileged);
	assert_techniques(asked->plan, "tcp-connect");
	assert_int_equal(asked->plan->discovery.pings_count, 0);
	assert_false(asked->plan->discovery.neighbours);
	asked->no_privilege = true;
	PLAN("-n");
	assert_techniques(asked->plan, "tcp-connect");
	PLAN("--privileged");
	assert_techniques(asked->plan, "tcp-syn");
	PLAN("--privileged", "--unprivileged");
	assert_techniques(asked->plan, "tcp-connect");
	PLAN("--unprivileged", "--privileged");
	assert_techniques(asked->plan, "tcp-syn");
	assert_int_equal(ASK("-sS"), ERROR_PERMISSION);
	assert_non_null(strstr(asked->diag.text, "-sT"));
	assert_int_equal(ASK("-sI", "10.0.0.9"), ERROR_PERMISSION);
	assert_int_equal(ASK("--sweep"), ERROR_PERMISSION);
}

static void scans_go_in_their_order(void **state)
{
	struct asked *asked = *state;

	PLAN("-sZ", "-sY", "-sU", "-sS", "-p", "7,T:8,U:9,S:10");
	assert_techniques(asked->plan, "tcp-syn udp sctp-init sctp-cookie");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "7-8");
	assert_ports(&asked->plan->ports->of[TRANSPORT_UDP], "7,9");
	assert_ports(&asked->plan->ports->of[TRANSPORT_SCTP], "7,10");
	assert_non_null(asked->plan->payloads);
	PLAN("-sTU");
	assert_techniques(asked->plan, "udp tcp-connect");
	PLAN("-sXU");
	assert_techniques(asked->plan, "tcp-xmas udp");
	PLAN("-sS");
	assert_null(asked->plan->payloads);
	PLAN("-sS", "-PU");
	assert_non_null(asked->plan->payloads);
}

static void protocols_are_all_or_those_with_a_name(void **state)
{
	struct asked *asked = *state;
	struct portset *protocols;

	PLAN("-sO");
	protocols = &asked->plan->ports->of[TRANSPORT_IP];
	assert_int_equal(protocols->count, 256);
	PLAN("-sO", "-F");
	protocols = &asked->plan->ports->of[TRANSPORT_IP];
	assert_true(protocols->count > 100 && protocols->count < 256);
	assert_true(portset_has(protocols, 6));
	assert_false(portset_has(protocols, 200));
	PLAN("-sO", "-6", "-p", "0,1,43,58");
	assert_ports(&asked->plan->ports->of[TRANSPORT_IP], "1,58");
	assert_non_null(strstr(buf_str(&asked->warnings), "extension headers"));
	PLAN("-sO", "-p", "1,6,17", "--exclude-ports", "P:6");
	assert_ports(&asked->plan->ports->of[TRANSPORT_IP], "1,17");
}

static void sctp_ports_are_all_that_are_known(void **state)
{
	struct asked *asked = *state;
	uint32_t count;

	PLAN("-sY");
	count = asked->plan->ports->of[TRANSPORT_SCTP].count;
	assert_true(count > 20 && count < 100);
	PLAN("-sY", "-F");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_SCTP].count, count);
	PLAN("-sU");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_UDP].count, 1000);
	PLAN("-sU", "-F");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_UDP].count, 100);
}

static void usual_pings_are_four(void **state)
{
	struct asked *asked = *state;

	PLAN("-sn");
	assert_pings(asked->plan, "icmp-echo tcp-syn:443 tcp-ack:80 icmp-timestamp");
	assert_true(asked->plan->discovery.neighbours);
	PLAN("-PB9", "-sn");
	assert_pings(asked->plan, "icmp-echo tcp-syn:443 tcp-ack:9 icmp-timestamp");
	PLAN("-Pn");
	assert_pings(asked->plan, "");
	assert_true(asked->plan->discovery.neighbours);
	PLAN("--disable-arp-ping", "-sn");
	assert_false(asked->plan->discovery.neighbours);
	PLAN("--send-ip", "-sn");
	assert_false(asked->plan->discovery.neighbours);
	PLAN("--send-ip", "--send-eth", "-sn");
	assert_true(asked->plan->discovery.neighbours);
	assert_int_equal(asked->plan->packets.layer, LAYER_ETHERNET);
}

static void pings_go_in_their_order(void **state)
{
	struct asked *asked = *state;

	PLAN("-PM", "-PO", "-PY5,3", "-PU", "-PP", "-PA", "-PS9,7", "-PE");
	assert_pings(asked->plan,
		     "icmp-echo tcp-syn:7 tcp-syn:9 tcp-ack:80 icmp-timestamp udp:40125 "
		     "sctp-init:3 sctp-init:5 ip-protocol:1 ip-protocol:2 ip-protocol:4 icmp-mask");
	PLAN("-PS22", "-PA23", "--exclude-ports", "T:22");
	assert_pings(asked->plan, "tcp-ack:23");
	assert_int_equal(ASK("-PS22", "--exclude-ports", "22"), ERROR_CONFLICT);
	PLAN("-POicmp,tcp");
	assert_pings(asked->plan, "ip-protocol:1 ip-protocol:6");
}

static void packets_look_as_asked(void **state)
{
	struct asked *asked = *state;
	const struct plan_packets *packets;

	PLAN("-g", "53", "-f", "--badsum", "--adler32", "--scanflags", "URGPSH", "--pcap", "x.pcap",
	     "--data", "cafe", "--ip-options", "L 10.0.0.1", "--ttl", "3", "--spoof-mac", "02:1b");
	packets = &asked->plan->packets;
	assert_true(packets->has_source_port && packets->bad_sum && packets->adler32);
	assert_int_equal(packets->source_port, 53);
	assert_int_equal(packets->fragment_bytes, 8);
	assert_int_equal(packets->scan_flags, 0x28);
	assert_string_equal(packets->pcap_path, "x.pcap");
	assert_true(packets->has_data);
	assert_memory_equal(packets->data, "\xca\xfe", 2);
	assert_int_equal(packets->ip_options_bytes, 12);
	assert_int_equal(packets->target_at, 8);
	assert_int_equal(packets->first_hop.family, IP_V4);
	assert_memory_equal(packets->mac.bytes, "\x02\x1b", 2);
	assert_int_equal(packets->layer, LAYER_ETHERNET);
	PLAN("-f", "-f", "--ff");
	assert_int_equal(asked->plan->packets.fragment_bytes, 32);
	PLAN("-f", "--mtu", "64");
	assert_int_equal(asked->plan->packets.fragment_bytes, 64);
	PLAN("-n");
	packets = &asked->plan->packets;
	assert_false(packets->has_source_port || packets->has_data || packets->has_mac);
	assert_int_equal(packets->scan_flags, -1);
	assert_int_equal(packets->first_hop.family, IP_NONE);
}

static void data_is_hex_text_or_random(void **state)
{
	struct asked *asked = *state;
	uint8_t first[16];

	PLAN("--data-string", "0xAA");
	assert_int_equal(asked->plan->packets.data_bytes, 4);
	assert_memory_equal(asked->plan->packets.data, "0xAA", 4);
	PLAN("--data-length", "16", "--seed", "4");
	assert_int_equal(asked->plan->packets.data_bytes, 16);
	memcpy(first, asked->plan->packets.data, 16);
	PLAN("--data-length", "16", "--seed", "4");
	assert_memory_equal(asked->plan->packets.data, first, 16);
	PLAN("--data-length", "16", "--seed", "5");
	assert_memory_not_equal(asked->plan->packets.data, first, 16);
	/* Nothing, but not the payloads of UDP either. */
	PLAN("--data-length", "0");
	assert_true(asked->plan->packets.has_data);
	assert_int_equal(asked->plan->packets.data_bytes, 0);
}

static void assert_decoy(const struct plan *plan, size_t at, const char *wanted)
{
	char text[IP_TEXT_BYTES];

	assert_string_equal(ip_format(&plan->packets.decoys[at], text), wanted);
}

static void decoys_are_in_order_and_me_among_them(void **state)
{
	struct asked *asked = *state;

	PLAN("-D", "10.0.0.1,me,10.0.0.2", "-D", "fd00::1");
	assert_int_equal(asked->plan->packets.decoys_count, 3);
	assert_int_equal(asked->plan->packets.own_place, 1);
	assert_decoy(asked->plan, 0, "10.0.0.1");
	assert_decoy(asked->plan, 2, "fd00::1");
	PLAN("-D", "ME");
	assert_int_equal(asked->plan->packets.decoys_count, 0);
	assert_int_equal(ASK("-D", "ME", "-D", "me"), ERROR_EXISTS);
	assert_int_equal(ASK("-D", "example.org"), ERROR_SYNTAX);
	assert_int_equal(ASK("-4", "-D", "::1"), ERROR_CONFLICT);
	assert_int_equal(ASK("-D", "RND:127"), ERROR_LIMIT);
	assert_int_equal(ASK("-D", "RND:99999999999999999999"), ERROR_LIMIT);
}

static bool is_reserved(uint32_t addr)
{
	return addr >> 24 == 0 || addr >> 24 == 10 || addr >> 24 == 127 || addr >> 24 >= 224 ||
	       addr >> 16 == 0xc0a8 || addr >> 20 == 0xac1;
}

static void random_decoys_follow_the_seed_and_are_public(void **state)
{
	struct asked *asked = *state;
	struct ip_addr first[126];
	size_t i, places = 0;

	PLAN("-D", "RND:126", "--seed", "1");
	assert_int_equal(asked->plan->packets.decoys_count, 126);
	memcpy(first, asked->plan->packets.decoys, sizeof(first));
	for (i = 0; i < 126; i++)
		assert_false(is_reserved(ip_v4_value(&first[i])));
	PLAN("-D", "RND:126", "--seed", "1");
	assert_memory_equal(first, asked->plan->packets.decoys, sizeof(first));
	PLAN("-D", "RND,RND,RND:124", "--seed", "2");
	assert_false(ip_equal(&first[0], &asked->plan->packets.decoys[0]));
	for (i = 0; i < 20; i++) {
		char seed[8];

		snprintf(seed, sizeof(seed), "%zu", i);
		PLAN("-D", "RND", "--seed", seed);
		assert_true(asked->plan->packets.own_place <= 1);
		places += asked->plan->packets.own_place;
	}
	assert_true(places > 0 && places < 20);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void hardware_addresses_may_be_a_vendors(void **state)
{
	struct asked *asked = *state;
	char folder[] = "/tmp/portolan-macs-XXXXXX", path[64];
	const uint8_t *mac;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/nmap-mac-prefixes", folder);
	write_file(path,
		   "# comment\n000001 Xerox\n021B33 Harbour Works Ltd\n70B3D5F2A Harbour Tiny\n");
	asked->datadir = folder;
	PLAN("--spoof-mac", "harbour works");
	mac = asked->plan->packets.mac.bytes;
	assert_memory_equal(mac, "\x02\x1b\x33", 3);
	PLAN("--spoof-mac", "tiny");
	mac = asked->plan->packets.mac.bytes;
	assert_memory_equal(mac, "\x70\xb3\xd5\xf2", 4);
	assert_int_equal(mac[4] & 0xf0, 0xa0);
	assert_string_equal(asked->plan->vendors_path, path);
	assert_int_equal(ASK("--spoof-mac", "no such vendor 7"), ERROR_NOT_FOUND);
	assert_int_equal(ASK("--spoof-mac", "cisco"), ERROR_NOT_FOUND);
	PLAN("--spoof-mac", "0");
	assert_int_equal(asked->plan->packets.mac.bytes[0] & 3, 2);
	PLAN("--spoof-mac", "01:02:03:04:05:06");
	assert_memory_equal(asked->plan->packets.mac.bytes, "\1\2\3\4\5\6", 6);
	unlink(path);
	PLAN("--spoof-mac", "cisco"); /* no file: the built-in table */
	assert_null(asked->plan->vendors_path);
	assert_memory_equal(asked->plan->packets.mac.bytes, "\0\0\x0c", 3);
	assert_true(asked->plan->packets.layer == LAYER_ETHERNET);
	rmdir(folder);
}

static void the_zombie_has_an_address_and_a_port(void **state)
{
	struct asked *asked = *state;

	PLAN("-sI", "10.0.0.9:99", "-Pn");
	assert_techniques(asked->plan, "idle");
	assert_int_equal(asked->plan->idle.port, 99);
	assert_string_equal(asked->plan->idle.zombie_name, "10.0.0.9");
	PLAN("-sI", "[fd00::9]:99");
	assert_int_equal(asked->plan->idle.zombie.family, IP_V6);
	PLAN("-sI", "fd00::9");
	assert_int_equal(asked->plan->idle.port, 80);
	PLAN("-sI", "10.0.0.9", "-PA25", "-PS22,21");
	assert_int_equal(asked->plan->idle.port, 21);
	PLAN("-sI", "10.0.0.9", "-PA25");
	assert_int_equal(asked->plan->idle.port, 25);
	assert_int_equal(ASK("-sI", "10.0.0.9:0"), ERROR_SYNTAX);
	assert_int_equal(ASK("-sI", "[fd00::9"), ERROR_SYNTAX);
	assert_int_equal(ASK("-sI", "[fd00::9]9"), ERROR_SYNTAX);
	assert_int_equal(ASK("-6", "-sI", "10.0.0.9"), ERROR_CONFLICT);
}

static void sweeps_are_asked_for_or_worth_it(void **state)
{
	struct asked *asked = *state;

	PLAN("-p80", "10.0.0.0/8");
	assert_false(asked->plan->sweep.wanted);
	assert_int_equal(asked->plan->sweep.shards, 1);
	PLAN("-p80-90", "10.0.0.0/8");
	assert_true(asked->plan->sweep.wanted && asked->plan->sweep.special);
	PLAN("-p80-90", "-sA", "10.0.0.0/8");
	assert_true(asked->plan->sweep.wanted);
	PLAN("-p80-90", "-sF", "10.0.0.0/8");
	assert_false(asked->plan->sweep.wanted);
	PLAN("-p80-90", "-sSU", "10.0.0.0/8");
	assert_false(asked->plan->sweep.wanted);
	PLAN("-p80-90", "--unprivileged", "10.0.0.0/8");
	assert_false(asked->plan->sweep.wanted);
	PLAN("-sn", "0.0.0.0/0");
	assert_false(asked->plan->sweep.wanted);
	assert_false(plan_is_large(asked->plan, -1));
	PLAN("-p80", "--sweep", "--special-targets");
	assert_true(asked->plan->sweep.wanted && asked->plan->sweep.special);
	PLAN("-p80", "--shard", "2/3");
	assert_true(asked->plan->sweep.wanted && !asked->plan->sweep.special);
	assert_int_equal(asked->plan->sweep.shard, 1);
	assert_int_equal(asked->plan->sweep.shards, 3);
	assert_int_equal(ASK("--shard", "0/3"), ERROR_SYNTAX);
	assert_int_equal(ASK("--shard", "4/3"), ERROR_SYNTAX);
	assert_int_equal(ASK("--shard", "1"), ERROR_SYNTAX);
	assert_int_equal(ASK("--shard", "1/3x"), ERROR_SYNTAX);
	assert_int_equal(ASK("--sweep", "-sT"), ERROR_CONFLICT);
	assert_int_equal(ASK("--sweep", "-sSU"), ERROR_CONFLICT);
	assert_int_equal(ASK("--sweep", "-sL"), ERROR_CONFLICT);
	assert_int_equal(ASK("--special-targets"), ERROR_CONFLICT);
}

static void a_strange_source_needs_an_interface(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(ASK("-S", "192.0.2.77"), ERROR_CONFLICT);
	PLAN("-S", "192.0.2.77", "-e", "lo");
	assert_non_null(strstr(buf_str(&asked->warnings), "-Pn"));
	PLAN("-S", "192.0.2.77", "-e", "lo", "-Pn");
	assert_null(strstr(buf_str(&asked->warnings), "-Pn"));
	PLAN("-S", "127.0.0.1");
	assert_int_equal(asked->warnings.len, 0);
}

static int build(void *self)
{
	struct asked asked = {0};
	int r = ask(&asked, self);

	plan_free(asked.plan);
	buf_release(&asked.warnings);
	return r;
}

static void short_memory_loses_nothing(void **state)
{
	static const char *packets[] = {"portolan", "-sSUY",  "-PE",    "-PS22",        "-PU",
					"-D",       "RND:3",  "--data", "aabb",         "-p",
					"1-9",      "--pcap", "x",      "--ip-options", "R",
					"host",     NULL};
	static const char *idle[] = {"portolan", "-sI",  "10.0.0.9", "--data-length", "9", "-p",
				     "1-9",      "host", NULL};

	support_each_allocation_fails(build, packets, 5000);
	support_each_allocation_fails(build, idle, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(privilege_chooses_the_scan, begin, end),
		cmocka_unit_test_setup_teardown(scans_go_in_their_order, begin, end),
		cmocka_unit_test_setup_teardown(protocols_are_all_or_those_with_a_name, begin, end),
		cmocka_unit_test_setup_teardown(sctp_ports_are_all_that_are_known, begin, end),
		cmocka_unit_test_setup_teardown(usual_pings_are_four, begin, end),
		cmocka_unit_test_setup_teardown(pings_go_in_their_order, begin, end),
		cmocka_unit_test_setup_teardown(packets_look_as_asked, begin, end),
		cmocka_unit_test_setup_teardown(data_is_hex_text_or_random, begin, end),
		cmocka_unit_test_setup_teardown(decoys_are_in_order_and_me_among_them, begin, end),
		cmocka_unit_test_setup_teardown(random_decoys_follow_the_seed_and_are_public, begin,
						end),
		cmocka_unit_test_setup_teardown(hardware_addresses_may_be_a_vendors, begin, end),
		cmocka_unit_test_setup_teardown(the_zombie_has_an_address_and_a_port, begin, end),
		cmocka_unit_test_setup_teardown(sweeps_are_asked_for_or_worth_it, begin, end),
		cmocka_unit_test_setup_teardown(a_strange_source_needs_an_interface, begin, end),
		cmocka_unit_test(short_memory_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
