#include "net/pcap_reader.h"

#include "util/error.h"

#define MAGIC_US     0xa1b2c3d4u
#define MAGIC_NS     0xa1b23c4du
#define MAGIC_PCAPNG 0x0a0d0d0au
/* libpcap's own limit for a record (DBus aside); more is damage. */
#define RECORD_MOST 262144u

#define SLL_OUTGOING 4
#define PROTO_IPV4   0x0800
#define PROTO_IPV6   0x86dd

/* How a link type's header is taken off: false when no link would hear it. */
struct pcap_type {
	uint32_t number; /* https://www.tcpdump.org/linktypes.html */
	enum link_layer layer;
	bool (*strip)(struct reader *in);
};

static bool strip_nothing(struct reader *in)
{
	return true;
}

/* An address family, in whichever order: the version that follows says it again. */
static bool strip_family(struct reader *in)
{
	reader_skip(in, 4);
	return true;
}

static bool is_heard(uint16_t direction, uint16_t protocol)
{
	return direction != SLL_OUTGOING && (protocol == PROTO_IPV4 || protocol == PROTO_IPV6);
}

static bool strip_sll(struct reader *in)
{
	uint16_t direction = read_be16(in);

	reader_skip(in, 12); /* kind and address of the sender */
	return is_heard(direction, read_be16(in));
}

static bool strip_sll2(struct reader *in)
{
	uint16_t protocol = read_be16(in);
	uint8_t direction;

	reader_skip(in, 8); /* reserved, interface, kind of address */
	direction = read_u8(in);
	reader_skip(in, 9); /* the address and its length */
	return is_heard(direction, protocol);
}

static const struct pcap_type types[] = {
	{0, LINK_IP, strip_family},        /* NULL: BSD loopback */
	{1, LINK_ETHERNET, strip_nothing}, /* EN10MB */
	{12, LINK_IP, strip_nothing},      /* RAW, as some systems number it */
	{101, LINK_IP, strip_nothing},     /* RAW */
	{108, LINK_IP, strip_family},      /* LOOP: OpenBSD loopback */
	{113, LINK_IP, strip_sll},         /* LINUX_SLL: "any" */
	{228, LINK_IP, strip_nothing},     /* IPV4 */
	{229, LINK_IP, strip_nothing},     /* IPV6 */
	{276, LINK_IP, strip_sll2},        /* LINUX_SLL2: "any", newer */
};

static uint32_t read_u32(struct pcap_reader *reader)
{
	uint32_t value = read_be32(&reader->in);

	return reader->little_endian ? __builtin_bswap32(value) : value;
}

static const struct pcap_type *find_type(uint32_t number)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].number == number)
			return &types[i];
	return NULL;
}

static bool read_magic(struct pcap_reader *reader)
{
	uint32_t magic = read_be32(&reader->in), turned = __builtin_bswap32(magic);

	reader->little_endian = turned == MAGIC_US || turned == MAGIC_NS;
	if (reader->little_endian)
		magic = turned;
	reader->nanoseconds = magic == MAGIC_NS;
	return magic == MAGIC_US || magic == MAGIC_NS;
}

int pcap_reader_init(struct pcap_reader *reader, const void *bytes, size_t count, struct diag *diag)
{
	struct reader start = reader_of(bytes, count);
	uint32_t number;

	*reader = (struct pcap_reader){.in = start};
	if (!read_magic(reader)) {
		if (read_be32(&start) == MAGIC_PCAPNG)
			return diag_set(diag, ERROR_UNSUPPORTED,
					"is pcapng; `editcap -F pcap` makes it pcap");
		return diag_set(diag, ERROR_CORRUPT, "is no capture file");
	}
	reader_skip(&reader->in, 16); /* version, zone, accuracy, snap length */
	number = read_u32(reader) & 0xffff;
	if (!reader_ok(&reader->in))
		return diag_set(diag, ERROR_CORRUPT, "ends within its header");
	if (!(reader->type = find_type(number)))
		return diag_set(diag, ERROR_UNSUPPORTED, "has packets of unknown link type %u",
				number);
	reader->layer = reader->type->layer;
	return 0;
}

static bool is_ip(const struct reader *in)
{
	unsigned version = in->left_bytes ? in->at[0] >> 4 : 0;

	return version == 4 || version == 6;
}

/* Takes the record's link header off; false when no link would hear it. */
static bool unwrap(const struct pcap_reader *reader, struct pcap_record *record)
{
	struct reader in = reader_of(record->bytes, record->count);

	if (!reader->type->strip(&in) || !reader_ok(&in) ||
	    (reader->layer == LINK_IP && !is_ip(&in)))
		return false;
	record->bytes = in.at;
	record->count = in.left_bytes;
	return true;
}

/* 1, 0 at the end, ERROR_CORRUPT. */
static int read_record(struct pcap_reader *reader, struct pcap_record *ret_record)
{
	uint64_t seconds = read_u32(reader), fraction = read_u32(reader);
	uint32_t captured = read_u32(reader);

	reader_skip(&reader->in, 4); /* length on the wire */
	if (!reader_ok(&reader->in))
		return 0;
	if (captured > RECORD_MOST)
		return ERROR_CORRUPT;
	ret_record->wall_ns = seconds * NS_PER_S + fraction * (reader->nanoseconds ? 1 : NS_PER_US);
	ret_record->count = captured;
	ret_record->bytes = reader_take(&reader->in, captured);
	return ret_record->bytes ? 1 : 0;
}

int pcap_reader_next(struct pcap_reader *reader, struct pcap_record *ret_record)
{
	struct pcap_record record;
	int r;

	while ((r = read_record(reader, &record)) == 1) {
		reader->records++;
		if (unwrap(reader, &record)) {
			*ret_record = record;
			return 1;
		}
	}
	return r;
}
