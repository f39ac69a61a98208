/* What an entry says of single replies. */
#include "personality_read.h"

#include "detect/os/os_tests.h"
#include "options.h"

#include <string.h>

#define TTL_MOST       330u
#define WINDOW_USUAL   5840u
#define URGENT         1u
#define RESERVED       8u
#define IP_BYTES_USUAL 356u /* headers and the whole probe */
#define PROBE_CODE     9u

const char *reading_find(const struct reading *in, enum os_test test, const char *name)
{
	int attribute = os_attribute_find(test, name, strlen(name));

	return attribute == OS_NONE ? NULL : os_db_expression(in->db, in->entry, attribute);
}

bool reading_answers(const struct reading *in, enum os_test test, bool otherwise)
{
	const char *r = reading_find(in, test, "R");

	return r ? choice_allows_word(r, "Y") : otherwise;
}

static bool is_yes(const struct reading *in, enum os_test test, const char *name)
{
	static const char *const words[] = {"N", "Y", NULL};

	return choice_word(reading_find(in, test, name), words, 0) == 1;
}

/* ------------------------------------------------- TTL */

struct ttl_wish {
	const char *exact, *rounded; /* T, TG */
	bool judges_exact;
};

static bool is_judged_right(const struct ttl_wish *wish, uint16_t ttl)
{
	if (wish->judges_exact)
		return choice_allows(wish->exact, ttl);
	return ttl < 256 && choice_allows(wish->rounded, os_initial_ttl((uint8_t)ttl));
}

static bool is_right(const struct ttl_wish *wish, uint16_t ttl)
{
	return choice_allows(wish->exact, ttl) && ttl < 256 &&
	       choice_allows(wish->rounded, os_initial_ttl((uint8_t)ttl));
}

static uint16_t find_ttl(const struct ttl_wish *wish,
			 bool (*fits)(const struct ttl_wish *wish, uint16_t ttl))
{
	static const uint16_t usual[] = {64, 128, 255, 32};
	uint16_t ttl;
	size_t i;

	for (i = 0; i < 4; i++)
		if (fits(wish, usual[i]))
			return usual[i];
	for (ttl = 1; ttl < TTL_MOST; ttl++)
		if (fits(wish, ttl))
			return ttl;
	return 0;
}

uint16_t reading_ttl(const struct reading *in, enum os_test test)
{
	const struct ttl_wish wish = {
		.exact = reading_find(in, test, "T"),
		.rounded = reading_find(in, test, "TG"),
		.judges_exact = in->made->udp.answers,
	};
	uint16_t ttl = find_ttl(&wish, is_right);

	if (!ttl)
		ttl = find_ttl(&wish, is_judged_right);
	return ttl ? ttl : 64;
}

/* ------------------------------------------------- TCP */

static uint8_t flags_of(const char *letters)
{
	static const char names[] = "FSRPAUE"; /* bit 0 first */
	uint8_t flags = 0;
	size_t i;

	for (i = 0; names[i]; i++)
		if (strchr(letters, names[i]))
			flags |= (uint8_t)(1u << i);
	return flags;
}

static bool is_flags(const char *text)
{
	return text[strspn(text, "EUAPRSF")] == '\0';
}

/* The first alternative that is flags, better with `wanted`. */
static uint8_t choose_flags(const char *expression, uint8_t otherwise, uint8_t wanted)
{
	uint8_t chosen = otherwise, flags;
	char text[CHOICE_BYTES];
	bool is_first = true;

	for (; choice_next(&expression, text); is_first = false) {
		if (!is_flags(text))
			continue;
		flags = flags_of(text);
		if ((flags & wanted) == wanted)
			return flags;
		if (is_first)
			chosen = flags;
	}
	return chosen;
}

static void read_numbers(const struct reading *in, enum os_test test, struct tcp_traits *traits)
{
	static const char *const seqs[] = {"Z", "A", "A+", "O", NULL};
	static const char *const acks[] = {"Z", "S", "S+", "O", NULL};

	traits->seq =
		(enum number_rule)choice_word(reading_find(in, test, "S"), seqs, NUMBER_OTHER);
	traits->ack = (enum number_rule)choice_word(reading_find(in, test, "A"), acks, NUMBER_NEXT);
}

static void read_quirks(const struct reading *in, enum os_test test, struct tcp_traits *traits)
{
	static const char *const quirks[] = {"", "R", "U", "RU", NULL};
	int chosen = choice_word(reading_find(in, test, "Q"), quirks, 0);

	traits->reserved = chosen & 1 ? RESERVED : 0;
	traits->urgent = chosen & 2 ? URGENT : 0;
}

static void read_data(const struct reading *in, enum os_test test, struct tcp_traits *traits)
{
	uint64_t crc = choice_number(reading_find(in, test, "RD"), 0);

	traits->has_data = crc && traits->flags & TCP_RST;
	if (traits->has_data)
		options_forge_crc32((uint32_t)crc, traits->data);
}

static void read_options(const struct reading *in, enum os_test test, struct tcp_traits *traits)
{
	const char *rest = reading_find(in, test, "O");

	if (!choice_next(&rest, traits->options))
		traits->options[0] = '\0';
}

/* `flags`: unless the entry says otherwise; `wanted`: preferred where it has a choice. */
static void read_tcp(const struct reading *in, enum os_test test, uint8_t flags, uint8_t wanted,
		     struct tcp_traits *traits)
{
	bool is_silent = test == OS_TEST_T2 || test == OS_TEST_T3;

	traits->answers = reading_answers(in, test, !is_silent);
	traits->dont_fragment = is_yes(in, test, "DF");
	traits->ttl = reading_ttl(in, test);
	traits->flags = choose_flags(reading_find(in, test, "F"), flags, wanted);
	traits->window = (uint16_t)choice_number(reading_find(in, test, "W"), 0);
	read_numbers(in, test, traits);
	read_quirks(in, test, traits);
	read_data(in, test, traits);
	read_options(in, test, traits);
}

static void read_ecn(const struct reading *in)
{
	static const char *const words[] = {"N", "Y", "S", "O", NULL};
	static const uint8_t flags[] = {0, TCP_ECE, TCP_ECE | TCP_CWR, TCP_CWR};
	struct tcp_traits *traits = &in->made->tcp[PROBE_ECN];

	read_tcp(in, OS_TEST_ECN, TCP_SYN | TCP_ACK, 0, traits);
	traits->flags |= flags[choice_word(reading_find(in, OS_TEST_ECN, "CC"), words, 0)];
}

/* Are there samples in SEQ? */
static bool has_samples(const struct reading *in)
{
	static const char *const names[] = {"SP", "GCD", "ISR", "TI", "TS"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (reading_find(in, OS_TEST_SEQ, names[i]))
			return true;
	return false;
}

/* All six answer alike. Where T1 was no SYN/ACK and SEQ knows numbers all the same, only
 * the first one can have been different. */
static void read_open(const struct reading *in)
{
	struct tcp_traits *traits = in->made->tcp;
	static const char windows[6][3] = {"W1", "W2", "W3", "W4", "W5", "W6"};
	size_t i;

	read_tcp(in, OS_TEST_T1, TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK, &traits[PROBE_SEQ1]);
	for (i = 0; i < SEQUENCE_PROBES; i++) {
		const char *window = reading_find(in, OS_TEST_WIN, windows[i]);

		traits[i] = traits[PROBE_SEQ1];
		traits[i].window = (uint16_t)choice_number(window, WINDOW_USUAL);
		if (i && has_samples(in)) {
			traits[i].flags = TCP_SYN | TCP_ACK;
			traits[i].has_data = false;
		}
	}
	reading_options(in);
}

static void read_all_tcp(const struct reading *in)
{
	static const struct {
		enum tcp_probe probe;
		enum os_test test;
		uint8_t flags;
	} rows[] = {
		{PROBE_T2, OS_TEST_T2, TCP_RST | TCP_ACK},
		{PROBE_T3, OS_TEST_T3, TCP_SYN | TCP_ACK},
		{PROBE_T4, OS_TEST_T4, TCP_RST},
		{PROBE_T5, OS_TEST_T5, TCP_RST | TCP_ACK},
		{PROBE_T6, OS_TEST_T6, TCP_RST},
		{PROBE_T7, OS_TEST_T7, TCP_RST | TCP_ACK},
	};
	size_t i;

	read_open(in);
	read_ecn(in);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		read_tcp(in, rows[i].test, rows[i].flags, 0, &in->made->tcp[rows[i].probe]);
}

/* ------------------------------------------------- U1 and IE */

/* G is as it was sent. */
static uint16_t read_kept(const struct reading *in, const char *name, uint16_t sent)
{
	const char *expression = reading_find(in, OS_TEST_U1, name);

	if (choice_allows_word(expression, "G"))
		return sent;
	return (uint16_t)choice_number(expression, (uint64_t)sent + 1);
}

static void read_udp(const struct reading *in)
{
	static const char *const sums[] = {"Z", "G", "I", NULL};
	static const char *const data[] = {"G", "I", NULL};
	const char *checksum = reading_find(in, OS_TEST_U1, "RUCK");
	struct udp_traits *udp = &in->made->udp;

	udp->answers = reading_answers(in, OS_TEST_U1, true);
	udp->dont_fragment = is_yes(in, OS_TEST_U1, "DF");
	udp->ttl = reading_ttl(in, OS_TEST_U1);
	udp->total_bytes =
		(uint16_t)choice_number(reading_find(in, OS_TEST_U1, "IPL"), IP_BYTES_USUAL);
	udp->unused = (uint32_t)choice_number(reading_find(in, OS_TEST_U1, "UN"), 0);
	udp->quoted_bytes = read_kept(in, "RIPL", OS_UDP_TOTAL_BYTES);
	udp->quoted_id = read_kept(in, "RID", OS_UDP_IP_ID);
	udp->ip_checksum = (enum checksum_rule)choice_word(reading_find(in, OS_TEST_U1, "RIPCK"),
							   sums, CHECKSUM_GOOD);
	udp->keeps_checksum = choice_allows_word(checksum, "G");
	udp->checksum = (uint16_t)choice_number(checksum, 0);
	udp->spoils_data = choice_word(reading_find(in, OS_TEST_U1, "RUD"), data, 0) == 1;
}

static void read_echo(const struct reading *in)
{
	static const char *const fragments[] = {"N", "S", "Y", "O", NULL};
	static const char *const codes[] = {"Z", "S", "O", NULL};
	const char *code = reading_find(in, OS_TEST_IE, "CD");
	struct echo_traits *echo = &in->made->echo;
	int fragment = choice_word(reading_find(in, OS_TEST_IE, "DFI"), fragments, 0);

	echo->answers = reading_answers(in, OS_TEST_IE, true);
	echo->ttl = reading_ttl(in, OS_TEST_IE);
	echo->dont_fragment[0] = fragment == 1 || fragment == 2;
	echo->dont_fragment[1] = fragment == 2 || fragment == 3;
	switch (choice_word(code, codes, 3)) {
	case 0:
		break;
	case 1:
		echo->codes[0] = PROBE_CODE;
		break;
	case 2:
		echo->codes[1] = PROBE_CODE;
		break;
	default:
		echo->codes[0] = echo->codes[1] = (uint8_t)choice_number(code, 0);
	}
}

/* ------------------------------------------------- all of it */

/* A TTL of 256 is one of 255 from two hops away. */
static uint8_t find_distance(const struct personality *made)
{
	uint16_t most = made->udp.ttl > made->echo.ttl ? made->udp.ttl : made->echo.ttl;
	size_t i;

	for (i = 0; i < TCP_PROBES; i++)
		if (made->tcp[i].answers && made->tcp[i].ttl > most)
			most = made->tcp[i].ttl;
	return most > 255 ? (uint8_t)(most - 254) : 1;
}

void personality_read(const struct os_db *db, size_t entry, struct personality *ret_made)
{
	const struct reading in = {.db = db, .entry = entry, .made = ret_made};

	*ret_made = (struct personality){0};
	read_udp(&in);
	read_echo(&in);
	read_all_tcp(&in);
	reading_sequence(&in);
	ret_made->distance = find_distance(ret_made);
}
