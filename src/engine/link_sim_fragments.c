/* Hosts put IPv4 fragments together (RFC 791, 3.2), as far as probes need it: packets
 * up to SIM_PARTIAL_BYTES, a few at a time, the oldest given up. */
#include "engine/link_sim_impl.h"

#include "packet/checksum.h"
#include "packet/wire.h"
#include "util/alloc.h"

#include <string.h>

#define ID_AT     4 /* fields' places in the header */
#define PROTO_AT  9
#define ADDRS_AT  12
#define TOTAL_AT  2
#define OFFSET_AT 6
#define SUM_AT    10

/* Do these fragments belong together? */
static bool is_same(const struct sim_partial *partial, const uint8_t *ip)
{
	return partial->used && !memcmp(partial->id, ip + ID_AT, sizeof(partial->id)) &&
	       partial->protocol == ip[PROTO_AT] &&
	       !memcmp(partial->addrs, ip + ADDRS_AT, sizeof(partial->addrs));
}

static struct sim_partial *partial_of(struct link_sim *sim, const uint8_t *ip)
{
	struct sim_partial *partial;
	size_t i;

	if (!sim->partials &&
	    !(sim->partials = alloc_array(SIM_PARTIALS, sizeof(*sim->partials)))) {
		sim->truth.no_memory++;
		return NULL;
	}
	for (i = 0; i < SIM_PARTIALS; i++)
		if (is_same(&sim->partials[i], ip))
			return &sim->partials[i];
	partial = &sim->partials[sim->partials_next++ % SIM_PARTIALS];
	memset(partial, 0, sizeof(*partial));
	partial->used = true;
	memcpy(partial->id, ip + ID_AT, sizeof(partial->id));
	memcpy(partial->addrs, ip + ADDRS_AT, sizeof(partial->addrs));
	partial->protocol = ip[PROTO_AT];
	return partial;
}

/* The header of the whole: of the first fragment, with its own length. */
static void finish_header(struct sim_partial *partial, size_t total_bytes)
{
	uint8_t *ip = partial->bytes + SIM_PARTIAL_HEADER - partial->header_bytes;

	put_be16(ip + TOTAL_AT, (uint16_t)total_bytes);
	put_be16(ip + OFFSET_AT, 0);
	put_be16(ip + SUM_AT, 0);
	put_be16(ip + SUM_AT, checksum_fold(checksum_add(0, ip, partial->header_bytes)));
}

static size_t units_of(size_t bytes)
{
	return (bytes + SIM_UNIT_BYTES - 1) / SIM_UNIT_BYTES;
}

static void mark(struct sim_partial *partial, size_t offset, size_t bytes)
{
	size_t i, end = units_of(offset + bytes);

	for (i = offset / SIM_UNIT_BYTES; i < end; i++) {
		partial->units += !partial->has[i];
		partial->has[i] = true;
	}
}

/* A part that no packet can have is left out. */
static void take_part(struct sim_partial *partial, const struct packet *packet, const uint8_t *ip)
{
	size_t header = (ip[0] & 15u) * 4u, bytes = packet->ip.total_bytes - header;
	size_t offset = packet->ip.fragment_offset;

	if (offset + bytes > SIM_PARTIAL_BYTES ||
	    (packet->ip.more_fragments && bytes % SIM_UNIT_BYTES))
		return;
	memcpy(partial->bytes + SIM_PARTIAL_HEADER + offset, ip + header, bytes);
	mark(partial, offset, bytes);
	if (!packet->ip.more_fragments)
		partial->whole_bytes = offset + bytes;
	if (offset)
		return;
	memcpy(partial->bytes + SIM_PARTIAL_HEADER - header, ip, header);
	partial->header_bytes = header;
}

bool sim_reassemble(struct link_sim *sim, const struct packet *packet, const uint8_t *ip,
		    size_t count, const uint8_t **ret_whole, size_t *ret_count)
{
	struct sim_partial *partial;
	size_t header;

	if (packet->ip.src.family != IP_V4 || count < packet->ip.total_bytes) {
		sim->truth.unparsable++;
		return false;
	}
	if (!(partial = partial_of(sim, ip)))
		return false;
	take_part(partial, packet, ip);
	header = partial->header_bytes;
	if (!header || !partial->whole_bytes || partial->units != units_of(partial->whole_bytes))
		return false;
	finish_header(partial, header + partial->whole_bytes);
	*ret_whole = partial->bytes + SIM_PARTIAL_HEADER - header;
	*ret_count = header + partial->whole_bytes;
	partial->used = false;
	return true;
}
