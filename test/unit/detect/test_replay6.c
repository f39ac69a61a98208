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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sample_is_seen_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
