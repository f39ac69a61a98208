#include "engine/port_order.h"

#include "util/alloc.h"

static const uint16_t popular_tcp[] = {
	80,   23,   443, 21,  22,  25,   3389, 110, 445,  139, 143,  53,  135, 3306,
	8080, 1723, 111, 995, 993, 5900, 1025, 587, 8888, 199, 1720, 113, 554, 256,
};

static void swap(uint16_t *a, uint16_t *b)
{
	uint16_t kept = *a;

	*a = *b;
	*b = kept;
}

static void shuffle(uint16_t *ports, uint32_t count, struct random *random)
{
	uint32_t i;

	for (i = count; i > 1; i--)
		swap(&ports[i - 1], &ports[random_below(random, i)]);
}

static bool is_popular(uint16_t port)
{
	size_t i;

	for (i = 0; i < sizeof(popular_tcp) / sizeof(popular_tcp[0]); i++)
		if (popular_tcp[i] == port)
			return true;
	return false;
}

/* Swapping keeps both parts as random as the shuffle left them. */
static void popular_first(uint16_t *ports, uint32_t count)
{
	uint32_t i, front = 0;

	for (i = 0; i < count; i++)
		if (is_popular(ports[i]))
			swap(&ports[i], &ports[front++]);
}

uint16_t *port_order_new(const struct portset *set, enum transport transport, bool sequential,
			 struct random *random)
{
	uint16_t *ports = alloc_array(set->count, sizeof(*ports));
	uint32_t count = 0;
	int32_t port;

	if (!ports)
		return NULL;
	for (port = portset_next(set, 0); port >= 0; port = portset_next(set, (uint32_t)port + 1))
		ports[count++] = (uint16_t)port;
	if (!sequential) {
		shuffle(ports, count, random);
		if (transport == TRANSPORT_TCP)
			popular_first(ports, count);
	}
	return ports;
}
