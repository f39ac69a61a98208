#include "report/journal/journal_ports.h"

#include <stdlib.h>
#include <string.h>

void journal_ports_number(struct journal_ports *ports)
{
	uint32_t rank = 0;

	for (int transport = 0; transport < TRANSPORTS; transport++)
		for (int word = 0; word < 1024; word++) {
			ports->before[transport][word] = rank;
			rank += (uint32_t)__builtin_popcountll(ports->of[transport].words[word]);
		}
	ports->count = rank;
}

int32_t journal_ports_rank(const struct journal_ports *ports, enum transport transport,
			   uint16_t number)
{
	uint64_t word = ports->of[transport].words[number >> 6];
	uint64_t below = (1ULL << (number & 63)) - 1;

	if (!(word >> (number & 63) & 1))
		return -1;
	return (int32_t)(ports->before[transport][number >> 6] +
			 (uint32_t)__builtin_popcountll(word & below));
}

/* A decimal port at *at, which moves behind it; -1 when there is none. */
static int32_t read_port(const char **at)
{
	const char *digit = *at;
	int32_t port = 0;

	for (; *digit >= '0' && *digit <= '9' && port <= UINT16_MAX; digit++)
		port = port * 10 + (*digit - '0');
	if (digit == *at || port > UINT16_MAX)
		return -1;
	*at = digit;
	return port;
}

bool journal_ports_parse(const char *text, struct portset *ret_set)
{
	while (*text) {
		int32_t first = read_port(&text), last = first;

		if (*text == '-') {
			text++;
			last = read_port(&text);
		}
		if (first < 0 || last < first || (*text && *text != ','))
			return false;
		portset_add_range(ret_set, (uint16_t)first, (uint16_t)last);
		if (*text && !*++text)
			return false;
	}
	return true;
}

int journal_transport_parse(const char *text)
{
	for (int transport = 0; transport < TRANSPORTS; transport++)
		if (!strcmp(text, transport_name((enum transport)transport)))
			return transport;
	return -1;
}
