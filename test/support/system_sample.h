/* Facts of systems and ways made of any bytes: for tests that play random ones, and for
 * fuzz harnesses. Included by each; knows no test framework. */
#ifndef PORTOLAN_TEST_SYSTEM_SAMPLE_H
#define PORTOLAN_TEST_SYSTEM_SAMPLE_H

#include "engine/path.h"
#include "engine/system.h"
#include "util/reader.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLE_ITEMS 4

struct system_sample {
	struct system_facts system;
	struct path_facts path;
	struct system_match matches[2 * SAMPLE_ITEMS + 2];
	struct system_class classes[SAMPLE_ITEMS];
	struct system_guess guesses[SAMPLE_ITEMS];
	struct system_evidence evidence[SAMPLE_ITEMS];
	const char *cpes[SAMPLE_ITEMS];
	struct path_hop hops[2 * SAMPLE_ITEMS];
	char *texts[256];
	size_t texts_count;
};

/* Up to 63 of the bytes as text, which ends at a NUL. */
static inline const char *system_sample_text(struct system_sample *sample, struct reader *in)
{
	size_t length = read_u8(in) % 64;
	char *text;

	if (length > in->left_bytes)
		length = in->left_bytes;
	if (!(text = calloc(1, length + 1)) || sample->texts_count == 256)
		abort();
	if (length)
		memcpy(text, reader_take(in, length), length);
	return sample->texts[sample->texts_count++] = text;
}

/* A line of a list: those of data files have no line ends in them. */
static inline const char *system_sample_line(struct system_sample *sample, struct reader *in)
{
	char *text = (char *)system_sample_text(sample, in);

	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	return text;
}

static inline const char *system_sample_maybe(struct system_sample *sample, struct reader *in)
{
	return read_u8(in) % 4 ? system_sample_text(sample, in) : NULL;
}

static inline void system_sample_matches(struct system_sample *sample, struct reader *in)
{
	struct system_facts *facts = &sample->system;

	for (size_t i = 0; i < SAMPLE_ITEMS; i++)
		sample->cpes[i] = system_sample_line(sample, in);
	for (size_t i = 0; i < SAMPLE_ITEMS; i++)
		sample->classes[i] =
			(struct system_class){.vendor = system_sample_text(sample, in),
					      .family = system_sample_text(sample, in),
					      .type = system_sample_text(sample, in),
					      .generation = system_sample_maybe(sample, in),
					      .accuracy = read_u8(in),
					      .cpes = sample->cpes,
					      .cpes_count = read_u8(in) % (SAMPLE_ITEMS + 1)};
	facts->matches = sample->matches;
	facts->matches_count = read_u8(in) % (2 * SAMPLE_ITEMS + 3);
	facts->perfect_count = read_u8(in) % 4 ? 0 : read_u8(in) % 12;
	for (size_t i = 0; i < facts->matches_count; i++)
		sample->matches[i] = (struct system_match){
			.name = system_sample_text(sample, in),
			.accuracy = read_u8(in),
			.perfect = i<facts->perfect_count, .guess = read_u8(in) % 4> 0,
			.line = read_be16(in),
			.file = system_sample_maybe(sample, in),
			.classes = sample->classes,
			.classes_count = read_u8(in) % (SAMPLE_ITEMS + 1)};
}

static inline void system_sample_summary(struct system_sample *sample, struct reader *in)
{
	struct system_facts *facts = &sample->system;

	facts->types_count = read_u8(in) % 3;
	facts->running_count = read_u8(in) % 3;
	facts->cpes_count = read_u8(in) % 3;
	for (size_t i = 0; i < 2; i++) {
		facts->types[i] = system_sample_line(sample, in);
		facts->running[i] = (struct system_running){system_sample_text(sample, in),
							    read_u8(in), read_u8(in) & 1};
		facts->cpes[i] = system_sample_line(sample, in);
	}
}

static inline void system_sample_evidence(struct system_sample *sample, struct reader *in)
{
	struct system_facts *facts = &sample->system;

	facts->guesses = sample->guesses;
	facts->guesses_count = read_u8(in) % (SAMPLE_ITEMS + 1);
	facts->evidence = sample->evidence;
	facts->evidence_count = read_u8(in) % (SAMPLE_ITEMS + 1);
	for (size_t i = 0; i < SAMPLE_ITEMS; i++) {
		sample->guesses[i] =
			(struct system_guess){system_sample_text(sample, in),
					      system_sample_maybe(sample, in), read_u8(in) / 255.0};
		sample->evidence[i] = (struct system_evidence){
			system_sample_text(sample, in), system_sample_text(sample, in),
			system_sample_maybe(sample, in), (read_be16(in) - 32768) / 7.0};
	}
}

static inline void system_sample_replies(struct system_sample *sample, struct reader *in)
{
	struct system_facts *facts = &sample->system;
	uint8_t flags = read_u8(in);

	facts->has_uptime = flags & 1;
	facts->uptime_s = facts->has_uptime ? read_be32(in) : 0;
	facts->boot_s = facts->has_uptime ? read_be32(in) : 0;
	facts->has_distance = flags & 2;
	facts->distance = facts->has_distance ? (int32_t)read_be32(in) : 0;
	facts->distance_by = facts->has_distance ? "\0LDIT"[read_u8(in) % 5] : 0;
	facts->has_index = flags & 4;
	facts->index = facts->has_index ? read_be32(in) : 0;
	facts->difficulty = facts->has_index ? system_sample_text(sample, in) : NULL;
	facts->ipid_class = flags & 8 ? system_sample_text(sample, in) : NULL;
	facts->timestamp_class = flags & 16 ? system_sample_text(sample, in) : NULL;
	facts->has_timestamps = flags & 32;
	facts->samples = read_u8(in) % (SYSTEM_SAMPLES_MAX + 1);
	for (size_t i = 0; i < facts->samples; i++) {
		facts->isns[i] = read_be32(in);
		facts->ids[i] = read_be16(in);
		facts->timestamps[i] = read_be32(in);
	}
}

static inline int32_t system_sample_port(struct reader *in)
{
	return read_u8(in) % 3 ? read_be16(in) : -1;
}

static inline void system_sample_flags(struct system_sample *sample, struct reader *in)
{
	struct system_facts *facts = &sample->system;
	uint8_t flags = read_u8(in);

	facts->result = (enum system_result)(read_u8(in) % SYSTEM_RESULTS);
	facts->ip_version = flags & 1 ? 4 : 6;
	facts->incomplete = flags & 2;
	facts->own_data = flags & 4;
	facts->unreliable = flags & 8;
	facts->guessing = flags & 16;
	facts->unfit = flags & 32 ? system_sample_text(sample, in) : NULL;
	facts->fingerprint = flags & 64 ? NULL : system_sample_text(sample, in);
	if (flags & 128)
		facts->fingerprint = "SCAN(V=1%PV=Y%DS=3%DC=I%G=N)\nSEQ(SP=1)\n";
	facts->open_tcp = system_sample_port(in);
	facts->closed_tcp = system_sample_port(in);
	facts->closed_udp = system_sample_port(in);
	facts->rounds = read_u8(in);
	facts->probes_sent = read_be32(in);
	facts->probes_answered = read_be32(in);
	facts->took_ns = (uint64_t)read_be32(in) * 1000;
}

static inline struct ip_addr system_sample_address(struct reader *in)
{
	struct ip_addr addr = {.family = IP_NONE};

	switch (read_u8(in) % 3) {
	case 0:
		return addr;
	case 1:
		return ip_v4(read_be32(in));
	default:
		addr.family = IP_V6;
		for (int i = 0; i < 16; i++)
			addr.bytes[i] = read_u8(in);
		return addr;
	}
}

static inline void system_sample_path(struct system_sample *sample, struct reader *in)
{
	struct path_facts *facts = &sample->path;

	facts->probe = (enum path_probe)(read_u8(in) % 3);
	facts->transport =
		facts->probe == PATH_PORT ? (enum transport)(read_u8(in) % 3) : (enum transport)0;
	facts->number = facts->probe == PATH_NONE ? 0 : read_be16(in);
	facts->reached = read_u8(in) & 1;
	facts->incomplete = read_u8(in) & 1;
	facts->same_hops = read_u8(in) % 10;
	facts->same_as = system_sample_address(in);
	facts->probes_sent = read_be32(in);
	facts->hops = sample->hops;
	facts->hops_count = read_u8(in) % (2 * SAMPLE_ITEMS + 1);
	for (size_t i = 0; i < facts->hops_count; i++)
		sample->hops[i] = (struct path_hop){.ttl = (uint8_t)(i + 1),
						    .from = system_sample_address(in),
						    .has_rtt = read_u8(in) & 1,
						    .cached = read_u8(in) & 1,
						    .name = system_sample_maybe(sample, in),
						    .place = {system_sample_maybe(sample, in),
							      system_sample_maybe(sample, in),
							      read_be16(in)}};
	for (size_t i = 0; i < facts->hops_count; i++)
		sample->hops[i].rtt_us = sample->hops[i].has_rtt ? read_be32(in) : 0;
}

/* Release with system_sample_release(). */
static inline void system_sample_of(struct system_sample *sample, struct reader *in)
{
	memset(sample, 0, sizeof(*sample));
	system_sample_flags(sample, in);
	system_sample_matches(sample, in);
	system_sample_summary(sample, in);
	system_sample_evidence(sample, in);
	system_sample_replies(sample, in);
	system_sample_path(sample, in);
}

static inline void system_sample_release(struct system_sample *sample)
{
	for (size_t i = 0; i < sample->texts_count; i++)
		free(sample->texts[i]);
	sample->texts_count = 0;
}

#endif
