/* How a host numbers its packets (the IPv4 identification), as far as an idle
 * scan cares: can it be used to count them? */
#ifndef PORTOLAN_ENGINE_IDLE_IDS_H
#define PORTOLAN_ENGINE_IDLE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ids_class {
	IDS_UNKNOWN,  /* too few, or steps that make no sense: a busy host */
	IDS_ZERO,     /* always 0: not used */
	IDS_CONSTANT, /* always the same */
	IDS_RANDOM,
	IDS_INCREMENTAL, /* from here on they count packets */
	IDS_BY_TWO,
	IDS_SWAPPED, /* incremental, in the byte order of a little-endian host */
};

/* Of identifications of answers that came in this order, a packet or few apart. */
enum ids_class ids_classify(const uint16_t *ids, size_t count);
static inline bool ids_count_packets(enum ids_class class)
{
	return class >= IDS_INCREMENTAL;
}

/* How many packets lie between two identifications, for classes that count. */
uint32_t ids_distance(enum ids_class class, uint16_t from, uint16_t to);

/* In the words that scanners' reports have for it: "Randomized" ... Static. */
const char *ids_class_name(enum ids_class class);

#endif
