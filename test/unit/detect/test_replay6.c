/* Prints of IPv6 OS detection that are played again (test/personality/replay.h): what a
 * scan sees of them is what was seen at first. */
#include "support.h"

#include "detect/os/os6_features.h"
#include "packet/ethernet.h"
#include "replay.h"
#include "util/alloc.h"
#include "util/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct os6_base base_of(const struct replay *host)
{
	struct os6_base base = {
		.open_tcp = 22,
		.closed_tcp = 1,
		.udp_port = 40001,
		.closed_udp = 40002,
		.seq = 1000,
		.hop_limit = 50,
	};
	uint16_t n;

	base.target = host->addr;
	assert_true(ip_parse("fd89:6::1", &base.source));
	for (n = 0; n < OS6_TCP_PROBES; n++) {
		base.tcp_ports[n] = (uint16_t)(33000 + n);
		base.acks[n] = 77777u * (n + 1);
	}
	return base;
}

/* Sends it, and notes the answer with the times of the print. */
static void ask(const struct replay *host, enum os6_probe probe, struct os6_print *seen)
{
	static uint8_t sent[1500], answer[REPLAY_ANSWER_BYTES];
	const struct os6_reply *known = &host->print.replies[probe];
	const struct os6_base base = base_of(host);
	struct os6_packet made;
	struct packet packet;
	size_t count;

	os6_probe_make(&base, probe, &made);
	count = packet_build(&made.packet, sent, sizeof(sent));
	assert_true(count > 0);
	count = replay_answer(host, sent, count, answer);
	if (!count)
		return;
	assert_true(packet_parse(answer, count, &packet));
	assert_true(ip_equal(&packet.ip.src, &base.target));
	assert_true(ip_equal(&packet.ip.dst, &base.source));
	os6_print_note(seen, probe, &packet, known->sent_us, known->heard_us);
}

static void same_features(const struct os6_print *a, const struct os6_print *b, const char *file)
{
	struct os6_manner manner = {.has_distance = true, .distance = 1, .distance_by = 'D'};
	static struct os6_features first, second;
	char name[64];
	unsigned n;

	memset(manner.asked, 1, sizeof(manner.asked));
	os6_features_make(a, &manner, &first);
	os6_features_make(b, &manner, &second);
	for (n = 0; n < OS6_FEATURES; n++)
		if (first.values[n] != second.values[n]) {
			os6_feature_name(n, name, sizeof(name));
			fail_msg("%s: %s was %g, is %g", file, name, first.values[n],
				 second.values[n]);
		}
}

static struct replay *replay_of(const char *text, size_t bytes)
{
	struct replay *host = alloc_zero(sizeof(*host));
	struct diag diag = {0};

	assert_non_null(host);
	assert_true(ip_parse("fd89:6::9", &host->addr));
	host->mac = (struct mac_addr){{2, 0x60, 0, 0, 0, 9}};
	if (replay_read(text, bytes, host, &diag) < 0)
		fail_msg("%s", diag.text);
	return host;
}

static void each_sample_is_seen_as_it_was(void **state)
{
	struct text_files files = {0};
	struct diag diag = {0};
	char folder[512];
	size_t i;
	int probe;

	snprintf(folder, sizeof(folder), "%s/data/os6/samples", getenv("PORTOLAN_SOURCE_ROOT"));
	assert_int_equal(text_files_read(folder, ".txt", 8 << 20, &files, &diag), 0);
	assert_true(files.count > 20);
	for (i = 0; i < files.count; i++) {
		struct replay *host = replay_of(files.all[i].text, files.all[i].bytes);
		struct os6_print *seen = alloc_zero(sizeof(*seen));

		assert_non_null(seen);
		for (probe = 0; probe < OS6_PROBES; probe++)
			ask(host, (enum os6_probe)probe, seen);
		for (probe = 0; probe < OS6_PROBES; probe++)
			assert_int_equal(seen->replies[probe].seen,
					 host->print.replies[probe].seen);
		same_features(&host->print, seen, files.all[i].name);
		alloc_free(seen);
		alloc_free(host);
	}
	text_files_release(&files);
}

static struct replay *sample(const char *name)
{
	char path[256], *text;
	struct replay *host;
	size_t bytes;

	snprintf(path, sizeof(path), "data/os6/samples/%s", name);
	text = support_read_file(path, &bytes);
	host = replay_of(text, bytes);
	free(text);
	return host;
}

/* Flags of what answers a plain SYN; 0: nothing. */
static uint8_t flags_of(const struct replay *host, uint16_t port)
{
	uint8_t sent[100], answer[REPLAY_ANSWER_BYTES];
	struct packet packet = {
		.kind = PACKET_TCP,
		.ip = {.dst = host->addr, .ttl = 64},
		.tcp = {.src_port = 9, .dst_port = port, .flags = TCP_SYN, .window = 1024},
	};
	size_t count;

	assert_true(ip_parse("fd89:6::1", &packet.ip.src));
	count = packet_build(&packet, sent, sizeof(sent));
	count = replay_answer(host, sent, count, answer);
	if (!count)
		return 0;
	assert_true(packet_parse(answer, count, &packet));
	assert_int_equal(packet.tcp.src_port, port);
	return packet.tcp.flags;
}

static void ports_are_as_the_print_was_taken(void **state)
{
	static const struct {
		const char *file;
		uint8_t open, closed;
	} rows[] = {
		{"linux-5.10.txt", TCP_SYN | TCP_ACK, TCP_RST | TCP_ACK},
		{"linux-5.10-no-closed.txt", TCP_SYN | TCP_ACK, 0},
		{"linux-5.10-no-open.txt", TCP_RST | TCP_ACK, TCP_RST | TCP_ACK},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct replay *host = sample(rows[i].file);

		assert_int_equal(flags_of(host, REPLAY_OPEN_PORT), rows[i].open);
		assert_int_equal(flags_of(host, 1), rows[i].closed);
		alloc_free(host);
	}
}

static bool is_found(const struct replay *host, const char *asked)
{
	const struct mac_addr own = {{2, 0, 0, 0, 0, 1}};
	uint8_t frame[ND_FRAME_BYTES], answer[REPLAY_ANSWER_BYTES];
	struct ip_addr from, target;
	struct mac_addr mac;
	struct packet packet;
	bool has_mac;
	size_t count;

	assert_true(ip_parse("fd89:6::1", &from) && ip_parse(asked, &target));
	count = nd_build_solicitation(&own, &from, &target, frame, sizeof(frame));
	count = replay_answer(host, frame + ETHERNET_HEADER_BYTES, count - ETHERNET_HEADER_BYTES,
			      answer);
	if (!count)
		return false;
	assert_true(packet_parse(answer, count, &packet));
	assert_true(nd_parse_advertisement(&packet, &target, &mac, &has_mac));
	assert_true(ip_equal(&target, &host->addr));
	assert_true(has_mac && mac_equal(&mac, &host->mac));
	return true;
}

static void neighbours_find_the_host(void **state)
{
	struct replay *host = sample("linux-5.10.txt");

	assert_true(is_found(host, "fd89:6::9"));
	assert_false(is_found(host, "fd89:6::8"));
	alloc_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sample_is_seen_as_it_was),
		cmocka_unit_test(ports_are_as_the_print_was_taken),
		cmocka_unit_test(neighbours_find_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
