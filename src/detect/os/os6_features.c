/* The order of the numbers is that of os-detection.md B2: general ones of every probe, the
 * rate of sequence numbers, TCP ones of every TCP probe, type and code of ICMPv6 replies. */
#include "detect/os/os6_features.h"

#include "util/reader.h"

#include <stdio.h>
#include <string.h>

#define UNKNOWN         (-1.0)
#define GENERAL         3u
#define TCP_FLAG_BITS   12u
#define TCP             (1u + TCP_FLAG_BITS + 2u * OS6_OPTIONS_MOST + 4u)
#define ICMP            2u
#define HOP_SPAN        5u
#define HOP_SPAN_UNSURE 20u

static const enum os6_probe icmp_probes[] = {OS6_IE1, OS6_IE2, OS6_NS};
#define ICMP_PROBES (sizeof(icmp_probes) / sizeof(icmp_probes[0]))

_Static_assert(OS6_PROBES *GENERAL + 1 + OS6_TCP_PROBES * TCP + ICMP_PROBES * ICMP == OS6_FEATURES,
	       "as many as os-detection.md B2 has");

struct os6_manner os6_manner_of(const struct os_scan_line *scan)
{
	const struct os6_base base = {.open_tcp = scan->open_tcp, .closed_tcp = scan->closed_tcp};
	struct os6_manner manner = {.has_distance = scan->has_distance,
				    .distance = scan->distance,
				    .distance_by = scan->distance_by};
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++)
		manner.asked[probe] =
			os6_probe_applies(&base, (enum os6_probe)probe, scan->distance_by == 'D');
	return manner;
}

static bool reply_packet(const struct os6_print *print, enum os6_probe probe,
			 struct packet *ret_packet)
{
	const struct os6_reply *reply = &print->replies[probe];

	return reply->seen && packet_parse(reply->bytes, reply->count, ret_packet) &&
	       ret_packet->ip.src.family == IP_V6;
}

/* ---- general ---- */

/* The hop limit that it was sent with. */
static double hop_class(uint8_t hop_limit, const struct os6_manner *manner)
{
	static const unsigned usual[] = {32, 64, 128, 255};
	bool counted = manner->distance_by == 'I' || manner->distance_by == 'T';
	unsigned below = manner->distance_by ? HOP_SPAN : HOP_SPAN_UNSURE;
	int sent = hop_limit + (counted && manner->has_distance ? manner->distance - 1 : 0);
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (sent >= (int)(usual[i] - below) && sent <= (int)(usual[i] + HOP_SPAN))
			return usual[i];
	return UNKNOWN;
}

static void make_general(const struct packet *packet, const struct os6_manner *manner,
			 double values[GENERAL])
{
	values[0] = packet->ip.total_bytes - IPV6_HEADER_BYTES;
	values[1] = packet->ip.tos;
	values[2] = hop_class(packet->ip.ttl, manner);
}

/* ---- the rate of initial sequence numbers ---- */

static double isn_rate(const struct os6_print *print)
{
	uint64_t first_us = 0, last_us = 0;
	unsigned count = 0, i;
	uint32_t last = 0;
	double sum = 0;

	for (i = 0; i < OS6_SEQUENCE_PROBES; i++) {
		struct packet packet;

		if (!reply_packet(print, (enum os6_probe)i, &packet) || packet.kind != PACKET_TCP)
			continue;
		if (count)
			sum += packet.tcp.seq - last;
		else
			first_us = print->replies[i].sent_us;
		last = packet.tcp.seq;
		last_us = print->replies[i].sent_us;
		count++;
	}
	return count > 1 && last_us > first_us ? sum * 1e6 / (double)(last_us - first_us) : UNKNOWN;
}

/* ---- TCP ---- */

struct options {
	double kinds[OS6_OPTIONS_MOST], lengths[OS6_OPTIONS_MOST];
	double mss, sack, scale;
};

/* The value of an option that has one. */
static void read_option(uint8_t kind, uint8_t bytes, struct reader *value, struct options *ret)
{
	if (kind == 2 && bytes == 4)
		ret->mss = read_be16(value);
	else if (kind == 3 && bytes == 3)
		ret->scale = read_u8(value);
	else if (kind == 4 && bytes == 2)
		ret->sack = 1;
}

/* One option; false: the list ends. */
static bool take_option(struct reader *in, unsigned place, struct options *ret)
{
	uint8_t kind = read_u8(in), bytes = 1;

	if (kind > 1) {
		struct reader value;

		bytes = read_u8(in);
		value = *in;
		if (bytes < 2 || !reader_take(in, bytes - 2u))
			return false;
		read_option(kind, bytes, &value, ret);
	}
	ret->kinds[place] = kind;
	ret->lengths[place] = bytes;
	return true;
}

static struct options options_of(const struct tcp_header *tcp)
{
	struct reader in = reader_of(tcp->options, tcp->options_bytes);
	struct options found = {.mss = UNKNOWN, .sack = UNKNOWN, .scale = UNKNOWN};
	unsigned i;

	for (i = 0; i < OS6_OPTIONS_MOST; i++)
		found.kinds[i] = found.lengths[i] = UNKNOWN;
	for (i = 0; i < OS6_OPTIONS_MOST && in.left_bytes; i++)
		if (!take_option(&in, i, &found))
			break;
	return found;
}

static void make_tcp(const struct tcp_header *tcp, double *values)
{
	const struct options options = options_of(tcp);
	unsigned bits = (unsigned)tcp->reserved << 8 | tcp->flags, i;

	*values++ = tcp->window;
	for (i = 0; i < TCP_FLAG_BITS; i++)
		*values++ = bits >> i & 1;
	memcpy(values, options.kinds, sizeof(options.kinds));
	values += OS6_OPTIONS_MOST;
	memcpy(values, options.lengths, sizeof(options.lengths));
	values += OS6_OPTIONS_MOST;
	*values++ = options.mss;
	*values++ = options.sack;
	*values++ = options.scale;
	*values = options.mss > 0 ? tcp->window / options.mss : UNKNOWN;
}

/* ---- all ---- */

/* The places of a probe's numbers; false when it has none of that kind. */
static unsigned tcp_at(enum os6_probe probe)
{
	return OS6_PROBES * GENERAL + 1 + (unsigned)os6_probe_tcp(probe) * TCP;
}

static unsigned icmp_at(unsigned place)
{
	return OS6_PROBES * GENERAL + 1 + OS6_TCP_PROBES * TCP + place * ICMP;
}

static void note_asked(const struct os6_manner *manner, struct os6_features *features)
{
	unsigned probe, i;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		bool asked = manner->asked[probe];

		for (i = 0; i < GENERAL; i++)
			features->asked[probe * GENERAL + i] = asked;
		for (i = 0; os6_probe_tcp((enum os6_probe)probe) >= 0 && i < TCP; i++)
			features->asked[tcp_at((enum os6_probe)probe) + i] = asked;
	}
	features->asked[OS6_PROBES * GENERAL] = manner->asked[OS6_S1];
	for (i = 0; i < ICMP_PROBES * ICMP; i++)
		features->asked[icmp_at(0) + i] = manner->asked[icmp_probes[i / ICMP]];
}

static void make_probe(enum os6_probe probe, const struct packet *packet,
		       const struct os6_manner *manner, double *values)
{
	unsigned i;

	make_general(packet, manner, values + (unsigned)probe * GENERAL);
	if (os6_probe_tcp(probe) >= 0 && packet->kind == PACKET_TCP)
		make_tcp(&packet->tcp, values + tcp_at(probe));
	for (i = 0; i < ICMP_PROBES; i++) {
		if (icmp_probes[i] != probe || packet->kind != PACKET_ICMPV6)
			continue;
		values[icmp_at(i)] = packet->icmp.type;
		values[icmp_at(i) + 1] = packet->icmp.code;
	}
}

void os6_features_make(const struct os6_print *print, const struct os6_manner *manner,
		       struct os6_features *ret_features)
{
	struct packet packet;
	unsigned i;

	for (i = 0; i < OS6_FEATURES; i++)
		ret_features->values[i] = UNKNOWN;
	note_asked(manner, ret_features);
	for (i = 0; i < OS6_PROBES; i++)
		if (reply_packet(print, (enum os6_probe)i, &packet))
			make_probe((enum os6_probe)i, &packet, manner, ret_features->values);
	ret_features->values[OS6_PROBES * GENERAL] = isn_rate(print);
}

bool os6_feature_is_syn_ack(const struct os6_features *features, enum os6_probe probe)
{
	const double *flags = &features->values[tcp_at(probe) + 1]; /* from the lowest bit on */

	return flags[1] == 1 && flags[2] == 0 && flags[4] == 1; /* SYN, no RST, ACK */
}

/* ---- names ---- */

static void tcp_feature_name(unsigned place, char *ret_name, size_t size)
{
	static const char *const flags[TCP_FLAG_BITS] = {
		"fin", "syn", "rst",  "psh",  "ack",  "urg",
		"ece", "cwr", "res8", "res9", "resa", "resb",
	};
	static const char *const last[] = {"mss", "sack", "scale", "window-per-mss"};

	if (place == 0)
		snprintf(ret_name, size, "window");
	else if (place <= TCP_FLAG_BITS)
		snprintf(ret_name, size, "%s", flags[place - 1]);
	else if (place <= TCP_FLAG_BITS + OS6_OPTIONS_MOST)
		snprintf(ret_name, size, "option-%u", place - TCP_FLAG_BITS - 1);
	else if (place <= TCP_FLAG_BITS + 2 * OS6_OPTIONS_MOST)
		snprintf(ret_name, size, "option-bytes-%u",
			 place - TCP_FLAG_BITS - OS6_OPTIONS_MOST - 1);
	else
		snprintf(ret_name, size, "%s",
			 last[place - TCP_FLAG_BITS - 2 * OS6_OPTIONS_MOST - 1]);
}

/* The probe that has the place'th TCP part. */
static enum os6_probe tcp_probe(unsigned place)
{
	return (enum os6_probe)(
		place < OS6_SEQUENCE_PROBES ? place : place - OS6_SEQUENCE_PROBES + OS6_TECN);
}

void os6_feature_name(unsigned feature, char *ret_name, size_t size)
{
	static const char *const general[GENERAL] = {"payload-bytes", "traffic-class", "hop-limit"};
	char name[32];

	*ret_name = '\0';
	if (feature < OS6_PROBES * GENERAL) {
		snprintf(ret_name, size, "%s.%s",
			 os6_probe_name((enum os6_probe)(feature / GENERAL)),
			 general[feature % GENERAL]);
	} else if (feature == OS6_PROBES * GENERAL) {
		snprintf(ret_name, size, "isn-rate");
	} else if (feature < icmp_at(0)) {
		feature -= OS6_PROBES * GENERAL + 1;
		tcp_feature_name(feature % TCP, name, sizeof(name));
		snprintf(ret_name, size, "%s.%s", os6_probe_name(tcp_probe(feature / TCP)), name);
	} else if (feature < OS6_FEATURES) {
		feature -= icmp_at(0);
		snprintf(ret_name, size, "%s.%s", os6_probe_name(icmp_probes[feature / ICMP]),
			 feature % ICMP ? "code" : "type");
	}
}
