#include "detect/service/turns.h"

#include "util/alloc.h"
#include "util/error.h"

static bool lists(const struct service_probe *probe, uint16_t port, bool tunnel)
{
	return port_ranges_has(tunnel ? &probe->ssl_ports : &probe->ports, port);
}

static void add(struct turns *turns, const struct service_probe *probe, bool listed,
		unsigned intensity)
{
	struct turn *turn = &turns->list[turns->count++];

	turn->probe = probe;
	turn->listed = listed;
	turn->state = listed || probe->rarity <= intensity ? TURN_WAITING : TURN_BEYOND;
}

/* Inside TLS nobody asks for TLS again. Nmap's manner is to ask, in vain. */
static bool is_idle(const struct probe_db *db, const struct service_probe *probe, bool tunnel)
{
	return tunnel && probe_db_manner(db) == MANNER_BEST &&
	       (service_probe_knows(probe, "ssl") || service_probe_knows(probe, "dtls"));
}

static void add_all(struct turns *turns, const struct probe_db *db, enum transport transport,
		    uint16_t port, bool tunnel, unsigned intensity, bool listed)
{
	const struct service_probe *null = probe_db_null(db);
	size_t i, count = probe_db_probes(db);

	for (i = 0; i < count; i++) {
		const struct service_probe *probe = probe_db_probe(db, i);

		if (probe->transport == transport && probe != null &&
		    lists(probe, port, tunnel) == listed && !is_idle(db, probe, tunnel))
			add(turns, probe, listed, intensity);
	}
}

int turns_make(struct turns *turns, const struct probe_db *db, enum transport transport,
	       uint16_t port, bool tunnel, unsigned intensity)
{
	const struct service_probe *null = probe_db_null(db);
	size_t count = probe_db_probes(db);
	struct turn *list = alloc_zero((count ? count : 1) * sizeof(*list));

	if (!list)
		return ERROR_MEMORY;
	*turns = (struct turns){.list = list};
	if (null && transport == TRANSPORT_TCP) {
		add(turns, null, false, 9);
		turns->list[0].state = TURN_WAITING;
	}
	add_all(turns, db, transport, port, tunnel, intensity, true);
	add_all(turns, db, transport, port, tunnel, intensity, false);
	return 0;
}

void turns_release(struct turns *turns)
{
	size_t i;

	for (i = 0; i < turns->count; i++) {
		found_release(&turns->list[i].found);
		alloc_free(turns->list[i].said);
	}
	alloc_free(turns->list);
	*turns = (struct turns){0};
}

static void skip(struct turn *turn)
{
	found_release(&turn->found);
	turn->state = TURN_SKIPPED;
}

void turns_narrow(struct turns *turns, const struct turn *soft, const char *service, bool strict)
{
	size_t i;

	for (i = 0; i < turns->count; i++) {
		struct turn *turn = &turns->list[i];
		bool knows = service_probe_knows(turn->probe, service);

		if (turn->state == TURN_BEYOND && knows)
			turn->state = TURN_WAITING;
		else if (!knows && (turn->state == TURN_WAITING || turn->state == TURN_UNDER_WAY ||
				    (turn->state == TURN_ENDED && strict && turn > soft)))
			skip(turn);
	}
}

struct turn *turns_next(const struct turns *turns)
{
	size_t i;

	for (i = 0; i < turns->count; i++)
		if (turns->list[i].state == TURN_WAITING)
			return &turns->list[i];
	return NULL;
}

bool turns_listen(const struct turns *turns)
{
	return turns->count && !turns->list[0].probe->bytes_count &&
	       turns->list[0].probe->transport == TRANSPORT_TCP;
}

bool turns_are_listed(const struct turns *turns)
{
	size_t i;

	for (i = 0; i < turns->count; i++)
		if (turns->list[i].listed)
			return true;
	return false;
}
