/* OS evidence: arbitrary answers, option bytes, hints, names and prints through the compiled-in
 * tables; and arbitrary tables. */
#include "detect/os/os_evidence_private.h"
#include "detect/os/os_print.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HINTS 4u

/* The next text, up to a NUL; terminated. */
static const char *take_text(const uint8_t **at, const uint8_t *end, char *room, size_t size)
{
	size_t count = 0;

	while (*at < end && **at && count + 1 < size)
		room[count++] = (char)*(*at)++;
	room[count] = '\0';
	*at += *at < end;
	return count ? room : NULL;
}

static uint8_t take_byte(const uint8_t **at, const uint8_t *end)
{
	return *at < end ? *(*at)++ : 0;
}

struct texts {
	char room[2 + HINTS * 6][256];
};

static void take_answer(const uint8_t **at, const uint8_t *end, struct system_syn_ack *answer)
{
	size_t i;

	answer->seen = true;
	answer->ttl = take_byte(at, end);
	answer->dont_fragment = take_byte(at, end) & 1;
	answer->id = take_byte(at, end);
	answer->window = (uint16_t)(take_byte(at, end) << 8 | take_byte(at, end));
	answer->options_bytes = take_byte(at, end);
	for (i = 0; i < sizeof(answer->options); i++)
		answer->options[i] = take_byte(at, end);
}

static void take_hints(const uint8_t **at, const uint8_t *end, struct texts *texts,
		       struct system_hint *hints)
{
	size_t i, room = 2;

	for (i = 0; i < HINTS; i++) {
		hints[i].service = take_text(at, end, texts->room[room++], 256);
		hints[i].product = take_text(at, end, texts->room[room++], 256);
		hints[i].version = take_text(at, end, texts->room[room++], 256);
		hints[i].extrainfo = take_text(at, end, texts->room[room++], 256);
		hints[i].ostype = take_text(at, end, texts->room[room++], 256);
		hints[i].cpe_o = take_text(at, end, texts->room[room++], 256);
	}
}

static void judge(const struct os_evidence *evidence, const struct os_evidence_input *input)
{
	struct arena arena = ARENA_INIT;
	struct os_verdict verdict;
	double sum = 0;
	size_t i;

	if (os_evidence_judge(evidence, input, &arena, &verdict) == 0) {
		for (i = 0; i < verdict.guesses_count; i++) {
			assert(verdict.guesses[i].probability >= 0);
			sum += verdict.guesses[i].probability;
		}
		assert(fabs(sum - 1) < 1e-6);
		for (i = 0; i < verdict.evidence_count; i++)
			assert(isfinite(verdict.evidence[i].weight));
	}
	os_evidence_settled(evidence, input);
	arena_release(&arena);
}

static void try_host(const uint8_t *data, size_t bytes)
{
	const uint8_t *at = data, *end = data + bytes;
	struct texts *texts = calloc(1, sizeof(*texts));
	struct os_evidence *evidence = NULL;
	struct os_fingerprint print = {.used_bytes = 0};
	struct system_hint hints[HINTS] = {{.port = 1}};
	struct system_order order = {.hints = hints, .hints_count = HINTS};
	struct os_evidence_input input = {.order = &order};

	assert(texts);
	take_answer(&at, end, &order.syn_ack);
	input.distance = take_byte(&at, end) - 8;
	input.has_distance = true;
	input.vendor = take_text(&at, end, texts->room[0], 256);
	order.name = take_text(&at, end, texts->room[1], 256);
	take_hints(&at, end, texts, hints);
	if (at < end &&
	    os_print_parse((const char *)at, (size_t)(end - at), &print, NULL, NULL, NULL) == 0)
		input.print = &print;
	if (os_evidence_new(NULL, &evidence) == 0)
		judge(evidence, &input);
	os_evidence_free(evidence);
	free(texts);
}

static void try_table(uint8_t which, const uint8_t *data, size_t bytes)
{
	const struct text_file file = {"table", data, bytes};
	struct os_evidence_texts texts = {.systems = {0}};
	struct system_order order = {.syn_ack = {.seen = true, .ttl = 60, .window = 64240}};
	const struct os_evidence_input input = {
		.order = &order, .vendor = "Apple", .has_distance = false};
	struct os_evidence *evidence = NULL;
	struct diag diag = {0};

	switch (which & 3) {
	case 0:
		texts.systems = file;
		texts.stacks = texts.words = (struct text_file){"none", "", 0};
		break;
	case 1:
		texts.fusion = file;
		break;
	case 2:
		texts.stacks = file;
		break;
	default:
		texts.words = file;
		break;
	}
	if (os_evidence_parse(&texts, NULL, &evidence, &diag) == 0)
		judge(evidence, &input);
	os_evidence_free(evidence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	if (!bytes)
		return 0;
	if (*data < 4)
		try_table(*data, data + 1, bytes - 1);
	else
		try_host(data + 1, bytes - 1);
	return 0;
}
