/* Results of scripts and findings made of any bytes: for tests that play random ones, and for
 * fuzz harnesses. Included by each; knows no test framework. */
#ifndef PORTOLAN_TEST_SCRIPT_SAMPLE_H
#define PORTOLAN_TEST_SCRIPT_SAMPLE_H

#include "engine/script_result.h"
#include "util/reader.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT_SAMPLE_NODES 40

struct script_sample {
	struct script_result result;
	struct script_finding finding;
	struct script_node nodes[SCRIPT_SAMPLE_NODES];
	const char *references[3];
	char *texts[128];
	size_t texts_count;
};

/* Up to 31 of the bytes as text, which ends at a NUL. */
static inline const char *script_sample_text(struct script_sample *sample, struct reader *in)
{
	size_t length = read_u8(in) % 32;
	char *text;

	if (length > in->left_bytes)
		length = in->left_bytes;
	if (!(text = calloc(1, length + 1)) || sample->texts_count == 128)
		abort();
	if (length)
		memcpy(text, reader_take(in, length), length);
	return sample->texts[sample->texts_count++] = text;
}

static inline const char *script_sample_maybe(struct script_sample *sample, struct reader *in)
{
	return read_u8(in) % 4 ? script_sample_text(sample, in) : NULL;
}

/* Also trees that are none: of any depths, with several roots. */
static inline void script_sample_nodes(struct script_sample *sample, struct reader *in)
{
	size_t count = read_u8(in) % SCRIPT_SAMPLE_NODES;

	for (size_t i = 0; i < count; i++) {
		struct script_node *node = &sample->nodes[i];

		node->kind = (enum script_kind)(read_u8(in) % SCRIPT_KINDS);
		node->depth = i ? read_u8(in) % 8 : 0;
		node->key = script_sample_maybe(sample, in);
		node->text = node->kind == SCRIPT_TABLE ? NULL : script_sample_text(sample, in);
		if (node->kind == SCRIPT_NUMBER && read_u8(in) % 2)
			node->text = "-12.5e+10";
	}
	if (count && read_u8(in) % 4)
		sample->nodes[0].kind = SCRIPT_TABLE;
	sample->result.nodes = count ? sample->nodes : NULL;
	sample->result.nodes_count = count;
}

static inline void script_sample_of(struct script_sample *sample, struct reader *in)
{
	struct script_finding *finding = &sample->finding;

	*sample = (struct script_sample){0};
	sample->result.id = script_sample_text(sample, in);
	sample->result.text = script_sample_maybe(sample, in);
	sample->result.stopped = read_u8(in) % 4 ? NULL : script_sample_text(sample, in);
	sample->result.cut = read_u8(in) % 2;
	sample->result.took_ns = read_be32(in);
	finding->id = script_sample_text(sample, in);
	finding->title = script_sample_maybe(sample, in);
	finding->severity = (enum finding_severity)(read_u8(in) % FINDING_SEVERITIES);
	finding->seen = script_sample_maybe(sample, in);
	finding->why = script_sample_maybe(sample, in);
	finding->remedy = script_sample_maybe(sample, in);
	finding->source = script_sample_maybe(sample, in);
	finding->confidence = read_u8(in) / 200.0 - 0.1;
	finding->references_count = read_u8(in) % 4;
	for (size_t i = 0; i < finding->references_count; i++)
		sample->references[i] = script_sample_maybe(sample, in);
	finding->references = sample->references;
	script_sample_nodes(sample, in);
}

static inline void script_sample_release(struct script_sample *sample)
{
	for (size_t i = 0; i < sample->texts_count; i++)
		free(sample->texts[i]);
	sample->texts_count = 0;
}

#endif
