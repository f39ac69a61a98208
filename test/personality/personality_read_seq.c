/* What an entry says of all replies to SEQ 1..6 together. */
#include "personality_read.h"

#include "packet/packet.h"

#include <string.h>

/* ------------------------------------------------- options and timestamps */

/* What TS says of the options. */
enum stamp_wish { STAMPS_ANY, STAMPS_NONE, STAMPS_ZERO, STAMPS_COUNT };

static enum stamp_wish stamps_of(const char *options)
{
	const char *stamp = strchr(options, 'T');

	return !stamp ? STAMPS_NONE : stamp[1] == '0' ? STAMPS_ZERO : STAMPS_COUNT;
}

/* The first alternative as wished; without one the first of all. */
static void choose_options(const char *expression, enum stamp_wish wish, char ret_text[CHOICE_BYTES])
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

static bool try_timestamp(const struct reading *in, const char *text)
{
	const char *rest = text;
	struct choice_range range;
	enum stamp_wish wish = STAMPS_NONE;

	if (strcmp(text, "U") != 0) {
		if (!choice_next_range(&rest, &range))
			return false;
		in->made->timestamp_hz = timestamp_rate((unsigned)range.low);
		wish = range.low ? STAMPS_COUNT : STAMPS_ZERO;
	}
	if (reading_find(in, OS_TEST_OPS, "O1"))
		return try_stamps(in, wish);
	invent_options(in, wish);
	return true;
}

void reading_options(const struct reading *in)
{
	const char *rest = reading_find(in, OS_TEST_SEQ, "TS");
	char text[CHOICE_BYTES];

	in->made->timestamp_hz = timestamp_rate(7);
	while (choice_next(&rest, text))
		if (try_timestamp(in, text))
			return;
	(void)try_stamps(in, STAMPS_ANY);
}

/* ------------------------------------------------- numbers */

void reading_sequence(const struct reading *in)
{
	const struct tcp_traits *first = &in->made->tcp[PROBE_SEQ1];
	const struct isn_wish wish = {
		.index = reading_find(in, OS_TEST_SEQ, "SP"),
		.gcd = reading_find(in, OS_TEST_SEQ, "GCD"),
		.rate = reading_find(in, OS_TEST_SEQ, "ISR"),
		/* A number of 0 is not seen by Nmap. */
		.first = !is_sample(first) || first->seq == NUMBER_ZERO,
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
