/* The skid format (formats.md 1.1): the screen's text with its letters mangled
 * at random. A joke that old scripts still ask for. */
#include "report/format/plain.h"
#include "util/random.h"

#include <ctype.h>

struct skiddie_state {
	struct plain_state plain;
	struct random random;
	bool seeded;
};

static char mangle(struct random *random, char letter)
{
	static const char swaps[][4] = {"aA4@", "eE33", "iI1!", "oO00", "sSz$",
					"tT7+", "lL11", "gG99", "bB88"};
	size_t i;

	if (!isalpha((unsigned char)letter) || random_below(random, 3) == 0)
		return letter;
	for (i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++)
		if (swaps[i][0] == tolower((unsigned char)letter))
			return swaps[i][random_below(random, 4)];
	if (random_below(random, 2))
		return letter;
	return (char)(isupper((unsigned char)letter) ? tolower((unsigned char)letter)
						     : toupper((unsigned char)letter));
}

static void skiddie_event(struct format_writer *writer, const struct format_event *event)
{
	struct skiddie_state *state = writer->state;
	struct buf text = BUF_INIT;
	const struct plain plain = {
		.context = writer->context, .state = &state->plain, .screen = true, .out = &text};
	size_t i;

	if (!state->seeded) {
		random_init(&state->random, writer->context->plan->seed);
		state->seeded = true;
	}
	state->plain.exact_begin = state->plain.exact_end = 0;
	plain_event(&plain, event);
	for (i = 0; i < text.len; i++)
		if (i < state->plain.exact_begin || i >= state->plain.exact_end)
			text.data[i] = (uint8_t)mangle(&state->random, (char)text.data[i]);
	out_write_buf(writer->out, &text);
	buf_release(&text);
}

const struct report_format format_skiddie = {
	.name = "skiddie",
	.option = "oS",
	.help = "the screen's text in mangled letters",
	.state_bytes = sizeof(struct skiddie_state),
	.event = skiddie_event,
};
