/* A message is read in passes: one finds the records of the name in question,
 * and when there are none, the name's CNAME names the next pass's name. Servers
 * mostly send chains in order, but nothing makes them (RFC 1034 4.3.1).
 * Every loop is bounded: passes by CHAIN_MOST, records by the message's bytes, name
 * pointers by having to point backwards. */
#include "net/resolver_answer.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/reader.h"

#include <string.h>
#include <strings.h>

#define CHAIN_MOST 8

#define CLASS_IN 1

#define RCODE_NOERROR  0
#define RCODE_NXDOMAIN 3

int addr_list_add(struct addr_list *list, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (ip_equal(&list->addrs[i], addr))
			return 0;
	if (list->count == ADDR_LIST_MOST)
		return 0;
	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 2;
		struct ip_addr *grown = alloc_resize(list->addrs, cap, sizeof(*grown));

		if (!grown)
			return ERROR_MEMORY;
		list->addrs = grown;
		list->cap = cap;
	}
	list->addrs[list->count++] = *addr;
	return 0;
}

void addr_list_release(struct addr_list *list)
{
	alloc_free(list->addrs);
	*list = (struct addr_list){0};
}

struct message {
	const uint8_t *bytes;
	size_t count;
};

static struct reader message_reader_at(const struct message *message, size_t offset)
{
	return reader_of(message->bytes + offset, message->count - offset);
}

static size_t message_offset(const struct message *message, const struct reader *in)
{
	return message->count - in->left_bytes;
}

/* A label's bytes into the text, dots between labels. A NUL would end the text
 * early and let one name pass for another. */
static bool label_add(struct reader *in, size_t label_bytes, char *text, size_t *length)
{
	const uint8_t *label = reader_take(in, label_bytes);
	size_t dot = *length ? 1 : 0;

	if (!label || memchr(label, '\0', label_bytes) ||
	    *length + dot + label_bytes >= HOST_NAME_BYTES)
		return false;
	if (dot)
		text[*length] = '.';
	memcpy(text + *length + dot, label, label_bytes);
	*length += dot + label_bytes;
	return true;
}

/* RFC 1035 4.1.4. `in` ends up behind the name where it stands, wherever its
 * pointers lead. */
static bool name_read(const struct message *message, struct reader *in, char text[HOST_NAME_BYTES])
{
	size_t start = message_offset(message, in), length = 0;
	struct reader at = *in;
	bool jumped = false;
	uint8_t head;

	while ((head = read_u8(&at)) != 0) {
		if (head < 0x40) {
			if (!label_add(&at, head, text, &length))
				return false;
			continue;
		}
		if (head < 0xc0)
			return false;
		size_t to = (size_t)(head & 0x3f) << 8 | read_u8(&at);

		if (!reader_ok(&at) || to >= start)
			return false;
		if (!jumped)
			*in = at;
		jumped = true;
		start = to;
		at = message_reader_at(message, to);
	}
	if (!reader_ok(&at))
		return false;
	if (!jumped)
		*in = at;
	text[length] = '\0';
	return true;
}

struct record {
	char owner[HOST_NAME_BYTES];
	uint16_t type, class;
	struct reader data; /* the record's data, and the message behind it */
	uint16_t data_bytes;
};

static bool record_read(const struct message *message, struct reader *in, struct record *ret_record)
{
	if (!name_read(message, in, ret_record->owner))
		return false;
	ret_record->type = read_be16(in);
	ret_record->class = read_be16(in);
	reader_skip(in, 4); /* time to live: a run is short */
	ret_record->data_bytes = read_be16(in);
	ret_record->data = *in;
	reader_skip(in, ret_record->data_bytes);
	return reader_ok(in);
}

static int addr_take(const struct record *record, enum dns_type type, struct addr_list *addrs)
{
	size_t want = type == DNS_A ? 4 : 16;
	struct ip_addr addr = {.family = type == DNS_A ? IP_V4 : IP_V6};

	if (record->data_bytes != want)
		return ERROR_CORRUPT;
	memcpy(addr.bytes, record->data.at, want);
	return addr_list_add(addrs, &addr);
}

struct pass {
	const struct message *message;
	enum dns_type type;
	char name[HOST_NAME_BYTES]; /* whose records are wanted */
	char alias[HOST_NAME_BYTES];
	bool has_alias, has_records;
};

static int name_take(struct pass *pass, const struct record *record, char name[HOST_NAME_BYTES])
{
	struct reader data = record->data;

	/* The name may use pointers, so its bytes are fewer than its text, but
	 * it must end within its record. */
	if (!name_read(pass->message, &data, name) ||
	    record->data.left_bytes - data.left_bytes != record->data_bytes)
		return ERROR_CORRUPT;
	return 0;
}

static int record_take(struct pass *pass, const struct record *record, struct dns_answer *answer)
{
	int r;

	if (record->class != CLASS_IN || strcasecmp(record->owner, pass->name) != 0)
		return 0;
	if (record->type == DNS_CNAME && !pass->has_alias) {
		r = name_take(pass, record, pass->alias);
		pass->has_alias = r == 0 && pass->alias[0];
		return r;
	}
	if (record->type != pass->type)
		return 0;
	if (pass->type != DNS_PTR)
		r = addr_take(record, pass->type, &answer->addrs);
	else
		r = answer->name[0] ? 0 : name_take(pass, record, answer->name);
	pass->has_records = r == 0 && (pass->type != DNS_PTR || answer->name[0]);
	return r;
}

static int pass_run(struct pass *pass, struct reader in, unsigned records,
		    struct dns_answer *answer)
{
	struct record record;
	int r;

	pass->has_alias = pass->has_records = false;
	for (; records; records--) {
		if (!record_read(pass->message, &in, &record))
			return ERROR_CORRUPT;
		if ((r = record_take(pass, &record, answer)) < 0)
			return r;
	}
	return 0;
}

static int chain_follow(struct pass *pass, const struct reader *in, unsigned records,
			struct dns_answer *answer)
{
	int hops, r;

	for (hops = 0; hops <= CHAIN_MOST; hops++) {
		if ((r = pass_run(pass, *in, records, answer)) < 0)
			return r;
		if (pass->has_records)
			return 0;
		if (!pass->has_alias)
			break;
		memcpy(pass->name, pass->alias, sizeof(pass->name));
	}
	if (hops == 0 || hops > CHAIN_MOST)
		return ERROR_NOT_FOUND;
	memcpy(answer->name, pass->name, sizeof(answer->name));
	answer->is_alias = true;
	return 0;
}

static int rcode_error(unsigned rcode)
{
	switch (rcode) {
	case RCODE_NOERROR:
		return 0;
	case RCODE_NXDOMAIN:
		return ERROR_NOT_FOUND;
	default:
		return ERROR_SYSTEM;
	}
}

/* Reads up to the answers; gives the response code's error. */
static int header_read(const struct message *message, struct reader *in, unsigned *ret_records)
{
	char name[HOST_NAME_BYTES];
	unsigned flags, questions;

	reader_skip(in, 2);
	flags = read_be16(in);
	questions = read_be16(in);
	*ret_records = read_be16(in);
	reader_skip(in, 4);
	for (; questions; questions--) {
		if (!name_read(message, in, name))
			return ERROR_CORRUPT;
		reader_skip(in, 4);
	}
	if (!reader_ok(in) || !(flags & 0x8000))
		return ERROR_CORRUPT;
	return rcode_error(flags & 0xf);
}

int dns_answer_parse(const void *message_bytes, size_t bytes, const char *asked, enum dns_type type,
		     struct dns_answer *ret_answer)
{
	struct message message = {message_bytes, bytes};
	struct pass pass = {.message = &message, .type = type};
	struct dns_answer answer = {0};
	struct reader in = reader_of(message_bytes, bytes);
	unsigned records;
	int r;

	if (strlen(asked) >= sizeof(pass.name))
		return ERROR_CORRUPT;
	memcpy(pass.name, asked, strlen(asked) + 1);
	r = header_read(&message, &in, &records);
	if (r == 0)
		r = chain_follow(&pass, &in, records, &answer);
	if (r < 0) {
		addr_list_release(&answer.addrs);
		return r;
	}
	*ret_answer = answer;
	return 0;
}
