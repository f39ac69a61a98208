/* What an entry says of all replies to SEQ 1..6 together. */
#include "personality_read.h"

#include "packet/packet.h"

#include <string.h>

/* ------------------------------------------------- options and timestamps */

/* What TS says of the options. */
enum stamp_wish { STAMPS_ANY, STAMPS_NONE, STAMPS_ZERO, STAMPS_COUNT }; /* rising */

static enum stamp_wish stamps_of(const char *options)
{
	const char *stamp = strchr(options, 'T');

	return !stamp ? STAMPS_NONE : stamp[1] == '0' ? STAMPS_ZERO : STAMPS_COUNT;
}

/* The first alternative as wished; without one the first of all. */
static void choose_options(const char *expression, enum stamp_wish wish,
			   char ret_text[CHOICE_BYTES])
{
	const char *rest = expression;
	char text[CHOICE_BYTES];

	ret_text[0] = '\0';
	(void)choice_next(&rest, ret_text);
	for (rest = expression; choice_next(&rest, text);)
		if (wish == STAMPS_ANY || stamps_of(text) == wish) {
			memcpy(ret_text, text, sizeof(text));
			return;
		}
}

static bool is_sample(const struct tcp_traits *traits)
{
	return (traits->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK);
}

/* The last reply without a timestamp, or with 0, decides. */
static enum stamp_wish stamps_shown(const struct personality *made)
{
	enum stamp_wish shown = STAMPS_COUNT, one;
	size_t i;

	for (i = 0; i < SEQUENCE_PROBES; i++) {
		one = stamps_of(made->tcp[i].options);
		if (is_sample(&made->tcp[i]) && one != STAMPS_COUNT)
			shown = one;
	}
	return shown;
}

/* Where timestamps were seen and a reply has none, the reply cannot have been a SYN/ACK. */
static void leave_out(struct personality *made, enum stamp_wish wish)
{
	size_t i;

	for (i = 1; i < SEQUENCE_PROBES; i++)
		if (stamps_of(made->tcp[i].options) < wish)
			made->tcp[i].flags = TCP_RST | TCP_ACK;
}

static bool try_stamps(const struct reading *in, enum stamp_wish wish)
{
	static const char names[6][3] = {"O1", "O2", "O3", "O4", "O5", "O6"};
	size_t i;

	for (i = 0; i < SEQUENCE_PROBES; i++)
		choose_options(reading_find(in, OS_TEST_OPS, names[i]), wish,
			       in->made->tcp[i].options);
	return wish == STAMPS_ANY || stamps_shown(in->made) == wish;
}

/* Without an OPS line something must carry the timestamps. */
static void invent_options(const struct reading *in, enum stamp_wish wish)
{
	static const char texts[][6] = {"M5B4", "M5B4", "NNT01", "NNT11"};
	size_t i;

	for (i = 0; i < SEQUENCE_PROBES; i++)
		memcpy(in->made->tcp[i].options, texts[wish], sizeof(texts[wish]));
}

/* A value of TS, and its rate. */
static enum stamp_wish wish_of(const char *text, double *rate)
{
	struct choice_range range;

	if (!choice_next_range(&text, &range))
		return STAMPS_NONE;
	*rate = timestamp_rate((unsigned)range.low);
	return range.low ? STAMPS_COUNT : STAMPS_ZERO;
}

void reading_options(const struct reading *in)
{
	const char *rest = reading_find(in, OS_TEST_SEQ, "TS");
	bool has_options = reading_find(in, OS_TEST_OPS, "O1");
	enum stamp_wish wish = STAMPS_ANY;
	char text[CHOICE_BYTES];

	in->made->timestamp_hz = timestamp_rate(7);
	do {
		if (choice_next(&rest, text))
			wish = wish_of(text, &in->made->timestamp_hz);
		if (!has_options)
			invent_options(in, wish);
		else if (try_stamps(in, wish))
			return;
	} while (rest);
	if (has_options)
		leave_out(in->made, wish);
}

/* ------------------------------------------------- numbers */

/* A number of 0 is not seen by Nmap. */
static unsigned samples_of(const struct personality *made)
{
	unsigned samples = 0;
	size_t i;

	for (i = 0; i < SEQUENCE_PROBES; i++)
		if (is_sample(&made->tcp[i]) && (i || made->tcp[i].seq != NUMBER_ZERO))
			samples |= 1u << i;
	return samples;
}

void reading_sequence(const struct reading *in)
{
	const struct tcp_traits *first = &in->made->tcp[PROBE_SEQ1];
	const struct isn_wish wish = {
		.index = reading_find(in, OS_TEST_SEQ, "SP"),
		.gcd = reading_find(in, OS_TEST_SEQ, "GCD"),
		.rate = reading_find(in, OS_TEST_SEQ, "ISR"),
		.samples = samples_of(in->made),
	};
	const char *shared = reading_find(in, OS_TEST_SEQ, "SS");

	/* Zero or the prober's own number each time, if no other sample is known. */
	if (wish.index || wish.gcd || wish.rate || first->seq == NUMBER_OTHER)
		(void)isn_find(&wish, &in->made->isn);
	in->made->tcp_ids = id_rule_read(reading_find(in, OS_TEST_SEQ, "TI"), shared);
	in->made->echo_ids = id_rule_read(reading_find(in, OS_TEST_SEQ, "II"), shared);
	in->made->closed_ids = id_rule_read(reading_find(in, OS_TEST_SEQ, "CI"), false);
	in->made->shares_ids = choice_allows_word(shared, "S");
}
