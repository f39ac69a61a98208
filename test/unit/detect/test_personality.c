/* The personality responder (test/personality) against our own reading of fingerprints. */
#include "os_fixture.h"

#include "crowd.h"
#include "detect/os/os_expression.h"
#include "detect/os/os_match.h"
#include "detect/os/os_options.h"
#include "options.h"
#include "packet/ethernet.h"
#include "round.h"

#include <stdlib.h>

static const struct personality_ports ports = {.open = {ROUND_OPEN_PORT}, .count = 1};

static struct os_facts facts_of(struct personality_host *host, bool compatible, uint64_t late_ns)
{
	static struct round round;
	struct random random;
	struct os_facts facts;

	random_init(&random, 5);
	round_play(host, &random, compatible, late_ns, &round);
	os_tests_judge(&round.os, &facts);
	return facts;
}

static struct os_fingerprint played(const struct os_db *db, size_t entry, bool compatible,
				    uint64_t late_ns)
{
	struct personality_host host = {.ports = &ports};

	personality_read(db, entry, &host.made);
	return facts_of(&host, compatible, late_ns).print;
}

static void explain(const struct os_db *db, size_t entry, const struct os_fingerprint *print)
{
	int attribute;

	printf("line %u %s:", os_db_entry(db, entry).line, os_db_entry(db, entry).name);
	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++) {
		const char *wanted = os_db_expression(db, entry, attribute);
		const char *seen = os_fingerprint_get(print, attribute);

		if (wanted && seen &&
		    !os_expression_matches(wanted, seen, os_attribute_nests(attribute)))
			printf(" %s.%s=%s:%s", os_test_name(os_attribute_test(attribute)),
			       os_attribute_name(attribute), wanted, seen);
	}
	printf("\n");
}

/* Entries that their own answers do not fit to. */
static size_t count_strangers(const struct os_db *db, enum os_match_manner manner, uint64_t late_ns)
{
	size_t i, strangers = 0;

	for (i = 0; i < os_db_entries(db); i++) {
		struct os_fingerprint print = played(db, i, manner == OS_MATCH_793, late_ns);

		if (os_score_accuracy(os_match_entry(db, i, &print, manner)) == 1)
			continue;
		strangers++;
		if (getenv("PERSONALITY_EXPLAIN"))
			explain(db, i, &print);
	}
	print_message("%zu of %zu entries differ from themselves\n", strangers, os_db_entries(db));
	return strangers;
}

/* One in a hundred may be what no host can be: a timestamp rate of 4 Hz that is class 2, a TTL
 * of 65,000, number 1042 that is not G. */
static void nearly_all_entries_know_themselves(void **state)
{
	struct os_db *db = nmap_db();

	assert_true(count_strangers(db, OS_MATCH_NOW, 0) * 100 < os_db_entries(db));
	assert_true(count_strangers(db, OS_MATCH_793, 1000000) * 100 < os_db_entries(db));
	os_db_free(db);
}

static bool is_on_top(const struct os_db *db, size_t entry)
{
	struct os_fingerprint print = played(db, entry, true, 0);
	const char *name = os_db_entry(db, entry).name;
	struct os_matches matches;
	size_t i;

	assert_int_equal(os_match_all(db, &print, OS_MATCH_793, &matches), 0);
	for (i = 0; i < matches.perfect && i < matches.count; i++)
		if (os_db_entry(db, matches.list[i].entry).name == name)
			return true;
	if (matches.result == OS_MATCH_TOO_MANY)
		return true;
	if (getenv("PERSONALITY_EXPLAIN"))
		explain(db, entry, &print);
	return false;
}

static void entries_are_found_by_what_they_answer(void **state)
{
	struct os_db *db = nmap_db();
	size_t step = getenv("PERSONALITY_ALL") ? 1 : 41, asked = 0, found = 0, i;

	for (i = 0; i < os_db_entries(db); i += step, asked++)
		found += is_on_top(db, i);
	print_message("%zu of %zu entries are found\n", found, asked);
	assert_true(found * 100 >= asked * 98);
	os_db_free(db);
}

/* ------------------------------------------------- without Nmap's file */

static const char points_text[] =
	"MatchPoints\n"
	"SEQ(SP=25%GCD=75%ISR=25%TI=100%CI=50%II=100%SS=80%TS=100)\n"
	"OPS(O1=20%O2=20%O3=20%O4=20%O5=20%O6=20)\nWIN(W1=15%W2=15%W3=15%W4=15%W5=15%W6=15)\n"
	"ECN(R=100%DF=20%T=15%TG=15%W=15%O=15%CC=100%Q=20)\n"
	"T1(R=100%DF=20%T=15%TG=15%S=20%A=20%F=30%RD=20%Q=20)\n"
	"T2(R=80%DF=20%T=15%TG=15%W=25%S=20%A=20%F=30%O=10%RD=20%Q=20)\n"
	"T5(R=100%DF=20%T=15%TG=15%W=25%S=20%A=20%F=30%O=10%RD=20%Q=20)\n"
	"T6(R=100%DF=20%T=15%TG=15%W=25%S=20%A=20%F=30%O=10%RD=20%Q=20)\n"
	"T7(R=80%DF=20%T=15%TG=15%W=25%S=20%A=20%F=30%O=10%RD=20%Q=20)\n"
	"U1(R=50%DF=20%T=15%TG=15%IPL=100%UN=100%RIPL=100%RID=100%RIPCK=100%RUCK=100%RUD=100)\n"
	"IE(R=50%DFI=40%T=15%TG=15%CD=100)\n\n";

/* Made up: one odd thing of each kind. */
static const char strange_text[] =
	"Fingerprint Strange\nClass Acme | Strange | 1.X | general purpose\n"
	"SEQ(SP=40-48%GCD=1-6%ISR=9C-A4%TI=BI%CI=RI%II=BI%SS=O%TS=3)\n"
	"OPS(O1=M5B4NNT11%O2=WANNNT11L%O3=ST11|M5B4%O4=T10%O5=NT11%O6=T11)\n"
	"WIN(W1=1%W2=2%W3=3%W4=400-500%W5=>FFF0%W6=<10)\n"
	"ECN(DF=Y%T=100%W=FFFF%O=S%CC=O%Q=RU)\n"
	"T1(DF=N%T=3B-45%S=A+%A=O%F=AS%RD=0%Q=R)\n"
	"T2(R=Y%DF=Y%T=80%W=7%S=Z%A=S%F=UPR%O=M109L%RD=1A2B3C4D%Q=)\n"
	"T5(R=N)\nT6(DF=N%T=FF%W=0%S=A%A=Z%F=R%O=%RD=0%Q=U)\n"
	"T7(DF=N%T=20%W=0%S=O%A=O%F=EF%O=%RD=0%Q=)\n"
	"U1(DF=Y%T=41%IPL=50%UN=>8%RIPL=14C%RID=0-1%RIPCK=I%RUCK=5%RUD=I)\n"
	"IE(DFI=O%T=101%CD=7)\n";
static const char silent_text[] =
	"Fingerprint Silent\nClass Acme | Silent | | switch\n"
	"SEQ(SP=0%GCD=0%ISR=0%TI=RI%II=RI%SS=S%TS=U)\nT2(R=N)\nT6(R=N)\nT7(R=N)\n"
	"T1(TG=40%S=O%A=S+%F=AS)\nT5(R=Y%TG=80%T=60%S=A%A=S+%F=AR)\nU1(R=N)\n"
	"IE(R=Y%DFI=S%TG=FF%CD=S)\n";

static struct os_db *db_with(const char *entry)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", points_text, entry);
	return db_of(text);
}

/* All that the entry says is seen, but for one of T and TG: what is not seen would not be
 * compared. */
static void says_as_much(const struct os_db *db, const struct os_fingerprint *print)
{
	int attribute;

	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++) {
		const char *name = os_attribute_name((enum os_attribute)attribute);

		if (*name != 'T' || os_attribute_test((enum os_attribute)attribute) == OS_TEST_SEQ)
			assert_int_equal(!os_db_expression(db, 0, attribute) ||
						 os_fingerprint_get(print, attribute),
					 true);
	}
}

static void fits_itself(const char *entry)
{
	struct os_db *db = db_with(entry);
	struct os_fingerprint print = played(db, 0, true, 1000000);
	struct os_score score = os_match_entry(db, 0, &print, OS_MATCH_NOW);

	explain(db, 0, &print);
	says_as_much(db, &print);
	assert_int_equal(score.matched, score.possible);
	assert_true(score.possible > 500);
	os_db_free(db);
}

static void what_is_strange_is_answered(void **state)
{
	fits_itself(strange_text);
}

static void what_is_silent_stays_silent(void **state)
{
	struct os_db *db = db_with(silent_text);
	struct os_fingerprint print = played(db, 0, true, 0);

	fits_itself(silent_text);
	assert_string_equal(os_fingerprint_get(&print, OS_T2_R), "N");
	assert_string_equal(os_fingerprint_get(&print, OS_U1_R), "N");
	assert_null(os_fingerprint_get(&print, OS_T5_T));
	assert_string_equal(os_fingerprint_get(&print, OS_T5_TG), "80");
	os_db_free(db);
}

static void data_has_the_crc_that_is_wanted(void **state)
{
	static const uint32_t sums[] = {0, 1, 0xe44a4e43, 0x44bd347e, UINT32_MAX};
	uint8_t data[4];
	size_t i;

	for (i = 0; i < 5; i++) {
		options_forge_crc32(sums[i], data);
		assert_int_equal(os_crc32(data, sizeof(data)), sums[i]);
	}
}

static void options_are_read_back(void **state)
{
	static const char *const texts[] = {"",       "M5B4", "WANM109T10S", "M5B4ST11NW7",
					    "T00LL",  "W0L",  "M1",          "ST01NNW5M280",
					    "M5B4W0", "N",    "NN"};
	uint8_t bytes[OPTIONS_MOST_BYTES];
	char text[OS_OPTIONS_TEXT_BYTES];
	size_t i;
	int count;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		count = options_build(texts[i], (struct options_stamps){1, 1}, bytes);
		assert_true(count >= 0 && count % 4 == 0);
		os_options_text(bytes, (size_t)count, text);
		assert_string_equal(text, texts[i]);
	}
	assert_int_equal(options_build("V7.3-0,", (struct options_stamps){1, 1}, bytes), -1);
	assert_int_equal(options_build("T11T11T11T11N", (struct options_stamps){1, 1}, bytes), -1);
	assert_int_equal(options_build("M12345", (struct options_stamps){1, 1}, bytes), -1);
}

/* ------------------------------------------------- what is no probe */

static struct personality_host plain_host(void)
{
	struct personality_host host = {.ports = &ports};
	struct os_db *db = db_with(strange_text);

	personality_read(db, 0, &host.made);
	os_db_free(db);
	return host;
}

static uint8_t flags_of_answer(struct personality_host *host, uint16_t port, uint8_t flags)
{
	static uint8_t answer[PERSONALITY_ANSWER_BYTES];
	uint8_t sent[100];
	struct packet packet = {
		.kind = PACKET_TCP,
		.ip = {.src = ip_v4(1), .dst = ip_v4(2), .ttl = 64},
		.tcp = {.src_port = 7,
			.dst_port = port,
			.seq = 5,
			.ack = 9,
			.flags = flags,
			.window = 1024},
	};
	size_t count = packet_build(&packet, sent, sizeof(sent));

	count = personality_answer(host, sent, count, 1, answer);
	if (!count)
		return 0;
	assert_true(packet_parse(answer, count, &packet));
	assert_int_equal(packet.tcp.src_port, port);
	if (packet.tcp.flags & TCP_ACK)
		assert_int_equal(packet.tcp.ack, 6);
	else
		assert_int_equal(packet.tcp.seq, 9);
	return packet.tcp.flags;
}

static void a_port_scan_sees_a_host(void **state)
{
	struct personality_host host = plain_host();

	assert_int_equal(flags_of_answer(&host, 22, TCP_SYN), TCP_SYN | TCP_ACK);
	assert_int_equal(flags_of_answer(&host, 23, TCP_SYN), TCP_RST | TCP_ACK);
	assert_int_equal(flags_of_answer(&host, 22, TCP_ACK), TCP_RST);
	assert_int_equal(flags_of_answer(&host, 23, TCP_ACK), TCP_RST);
	assert_int_equal(flags_of_answer(&host, 22, TCP_FIN), 0);
	assert_int_equal(flags_of_answer(&host, 23, TCP_FIN), TCP_RST | TCP_ACK);
	assert_int_equal(flags_of_answer(&host, 22, TCP_RST), 0);
}

/* Type and code of what answers, 0xffff: nothing. */
static unsigned icmp_answer(struct personality_host *host, struct packet packet)
{
	static uint8_t answer[PERSONALITY_ANSWER_BYTES];
	uint8_t sent[100];
	size_t count;

	packet.ip = (struct ip_header){.src = ip_v4(1), .dst = ip_v4(2), .ttl = 64};
	count = packet_build(&packet, sent, sizeof(sent));
	count = personality_answer(host, sent, count, 1, answer);
	if (!count || !packet_parse(answer, count, &packet))
		return 0xffff;
	return (unsigned)packet.icmp.type << 8 | packet.icmp.code;
}

static void pings_and_datagrams_are_answered(void **state)
{
	struct personality_host host = plain_host();
	const struct packet ping = {.kind = PACKET_ICMP, .icmp = {.type = ICMP_ECHO, .rest = 7}};
	const struct packet pong = {.kind = PACKET_ICMP, .icmp = {.type = ICMP_ECHO_REPLY}};
	const struct packet datagram = {.kind = PACKET_UDP, .udp = {.src_port = 4, .dst_port = 53}};

	assert_int_equal(icmp_answer(&host, ping), ICMP_ECHO_REPLY << 8);
	assert_int_equal(icmp_answer(&host, pong), 0xffff);
	assert_int_equal(icmp_answer(&host, datagram), ICMP_UNREACHABLE << 8 | 3);
}

/* ------------------------------------------------- many hosts */

static struct crowd *two_hosts(unsigned drop)
{
	struct crowd_config config = {
		.base = ip_v4(0x0a5a0001), .count = SIZE_MAX, .ports = ports, .drop = drop};
	char text[2048];
	struct crowd *crowd = NULL;
	struct diag diag = {0};
	struct os_db *db;

	snprintf(text, sizeof(text), "%s\n%s", strange_text, silent_text);
	config.db = db = db_with(text);
	assert_int_equal(crowd_new(&config, &crowd, &diag), 0);
	os_db_free(db);
	return crowd;
}

static uint8_t out[CROWD_FRAME_BYTES];

static bool answers_arp(struct crowd *crowd, uint32_t addr)
{
	const struct mac_addr own = {{2, 0, 0, 0, 0, 1}};
	struct ip_addr from = ip_v4(0x0a5afffe), to = ip_v4(addr);
	uint8_t frame[ARP_FRAME_BYTES];
	struct arp_packet reply;

	arp_build_request(&own, &from, &to, frame);
	if (!crowd_answer(crowd, frame, sizeof(frame), 1, out))
		return false;
	assert_true(arp_parse(out + ETHERNET_HEADER_BYTES, 28, &reply));
	assert_int_equal(reply.operation, ARP_REPLY);
	assert_true(ip_equal(&reply.sender, &to) && ip_equal(&reply.target, &from));
	assert_true(mac_equal(&reply.target_mac, &own));
	assert_memory_equal(out, own.bytes, 6);
	assert_memory_equal(out + 6, reply.sender_mac.bytes, 6);
	return true;
}

static bool answers_syn(struct crowd *crowd, uint32_t addr)
{
	uint8_t frame[200];
	const struct ethernet_header header = {.type = ETHERNET_IPV4};
	const struct packet packet = {
		.kind = PACKET_TCP,
		.ip = {.src = ip_v4(0x0a5afffe), .dst = ip_v4(addr), .ttl = 64},
		.tcp = {.src_port = 7, .dst_port = 22, .flags = TCP_SYN},
	};
	size_t count = packet_build(&packet, frame + ETHERNET_HEADER_BYTES, 100);

	ethernet_build(&header, frame);
	return crowd_answer(crowd, frame, ETHERNET_HEADER_BYTES + count, 1, out);
}

static void each_address_is_a_host(void **state)
{
	struct crowd *crowd = two_hosts(0);

	assert_int_equal(crowd_hosts(crowd), 2);
	assert_false(answers_arp(crowd, 0x0a5a0000));
	assert_true(answers_arp(crowd, 0x0a5a0001));
	assert_true(answers_arp(crowd, 0x0a5a0002));
	assert_false(answers_arp(crowd, 0x0a5a0003));
	assert_false(answers_syn(crowd, 0x0a5a0000));
	assert_true(answers_syn(crowd, 0x0a5a0002));
	assert_false(answers_syn(crowd, 0x0a5a0003));
	assert_int_equal(crowd_counts(crowd).heard, 1);
	crowd_free(crowd);
}

static void every_third_packet_is_dropped(void **state)
{
	struct crowd *crowd = two_hosts(3);
	size_t i;

	for (i = 1; i <= 9; i++)
		assert_int_equal(answers_syn(crowd, 0x0a5a0001), i % 3 != 0);
	assert_int_equal(crowd_counts(crowd).heard, 9);
	assert_int_equal(crowd_counts(crowd).dropped, 3);
	assert_int_equal(crowd_counts(crowd).answered, 6);
	crowd_free(crowd);
}

/* Something like a frame to the first host, of chance but for a few bytes. */
static size_t draw_frame(struct random *random, uint8_t frame[400])
{
	static const uint8_t protocols[] = {1, 6, 17, 6}, addr[] = {0x0a, 0x5a, 0, 1};
	size_t i;

	for (i = 0; i < 400; i++)
		frame[i] = (uint8_t)random_u64(random);
	frame[12] = 8;
	frame[13] = random_below(random, 4) ? 0 : 6;
	frame[14] = frame[13] ? 0 : 0x45;
	frame[20] = frame[21] = 0; /* no fragment */
	frame[23] = protocols[random_below(random, 4)];
	memcpy(frame + 30, addr, sizeof(addr));
	return (size_t)random_below(random, 400);
}

/* Whatever comes, it is survived: for the sanitizers. */
static void noise_does_no_harm(void **state)
{
	struct crowd *crowd = two_hosts(0);
	uint8_t frame[400];
	struct random random;
	uint64_t i;

	random_init(&random, 11);
	for (i = 0; i < 20000; i++)
		(void)crowd_answer(crowd, frame, draw_frame(&random, frame), i, out);
	assert_true(crowd_counts(crowd).answered > 500);
	crowd_free(crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearly_all_entries_know_themselves),
		cmocka_unit_test(entries_are_found_by_what_they_answer),
		cmocka_unit_test(what_is_strange_is_answered),
		cmocka_unit_test(what_is_silent_stays_silent),
		cmocka_unit_test(data_has_the_crc_that_is_wanted),
		cmocka_unit_test(options_are_read_back),
		cmocka_unit_test(a_port_scan_sees_a_host),
		cmocka_unit_test(pings_and_datagrams_are_answered),
		cmocka_unit_test(each_address_is_a_host),
		cmocka_unit_test(every_third_packet_is_dropped),
		cmocka_unit_test(noise_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
