#include "report/journal/journal_record.h"

#include "engine/service_copy.h"

#include <string.h>

#define RECORD_ALIGN 8

const struct ip_addr *journal_record_others(const struct journal_record *record)
{
	return (const struct ip_addr *)(record + 1);
}

const char *journal_record_text(const struct journal_record *record, int which)
{
	const char *text = (const char *)(journal_record_others(record) + record->others_count);

	if (!record->text_bytes[which])
		return NULL;
	return which ? text + record->text_bytes[0] : text;
}

const struct port_rules *journal_record_rules(const struct journal_record *record)
{
	return (const struct port_rules *)(record + 1);
}

static size_t aligned(size_t bytes)
{
	return (bytes + RECORD_ALIGN - 1) / RECORD_ALIGN * RECORD_ALIGN;
}

/* Where a service's block begins. */
static size_t block_offset(const struct journal_record *record)
{
	return aligned(sizeof(*record) + record->others_count * sizeof(struct ip_addr) +
		       record->text_bytes[0] + record->text_bytes[1]);
}

const struct service_facts *journal_record_service(const struct journal_record *record)
{
	/* The buffer may have grown, and so moved, since the block was filled; it is ours. */
	return service_copy_moved((uint8_t *)record + block_offset(record));
}

/* What of a record follows its fixed part. */
struct record_tail {
	const struct ip_addr *others;
	const char *text[2];
};

static void texts_of(const struct observation *seen, const char *ret_text[2])
{
	if (seen->target)
		ret_text[1] = seen->target->name;
	switch (seen->kind) {
	case OBSERVED_TARGET_SKIPPED:
		ret_text[0] = seen->skipped.expression;
		ret_text[1] = seen->skipped.why;
		break;
	case OBSERVED_NAME:
		ret_text[0] = seen->name;
		break;
	case OBSERVED_WARNING:
		ret_text[0] = seen->warning;
		break;
	case OBSERVED_RUN_END:
		ret_text[0] = seen->end.why;
		break;
	default:
		break;
	}
}

void journal_record_add(struct buf *records, const struct observation *seen, uint64_t seq,
			uint32_t port_set)
{
	struct journal_record record = {
		.seq = seq, .index = JOURNAL_NO_TARGET, .port_set = port_set, .seen = *seen};
	struct record_tail tail = {0};
	size_t bytes = sizeof(record), block_bytes = 0, block;

	if (seen->kind == OBSERVED_TASK_BEGIN || seen->kind == OBSERVED_TASK_END)
		return;
	texts_of(seen, tail.text);
	if (seen->target) {
		record.index = seen->target->index;
		record.addr = seen->target->addr;
		/* Ports come by the thousand, after the host they belong to. */
		if (seen->kind != OBSERVED_PORT && seen->kind != OBSERVED_SERVICE) {
			tail.others = seen->target->others;
			record.others_count = (uint32_t)seen->target->others_count;
		}
	}
	for (int i = 0; i < 2; i++)
		bytes += record.text_bytes[i] = tail.text[i] ? strlen(tail.text[i]) + 1 : 0;
	bytes += record.others_count * sizeof(*tail.others);
	if (seen->kind == OBSERVED_SERVICE)
		block_bytes = service_copy_bytes(seen->service.facts, SERVICE_WHOLE);
	record.bytes = aligned(bytes) + block_bytes;
	if (!buf_reserve(records, record.bytes))
		return;
	buf_add(records, &record, sizeof(record));
	buf_add(records, tail.others, record.others_count * sizeof(*tail.others));
	buf_add(records, tail.text[0], record.text_bytes[0]);
	buf_add(records, tail.text[1], record.text_bytes[1]);
	buf_add_repeat(records, '\0', record.bytes - bytes);
	block = records->len - block_bytes;
	if (block_bytes)
		(void)service_copy_into(records->data + block, seen->service.facts, SERVICE_WHOLE);
}

void journal_record_add_rules(struct buf *records, const struct port_rules *rules,
			      uint32_t port_set)
{
	struct journal_record record = {.bytes = sizeof(record) + sizeof(*rules),
					.index = JOURNAL_NO_TARGET,
					.port_set = port_set,
					.is_port_set = true};

	_Static_assert(sizeof(record) % RECORD_ALIGN == 0, "records stay aligned");
	_Static_assert(sizeof(*rules) % RECORD_ALIGN == 0, "records stay aligned");
	if (!buf_reserve(records, record.bytes))
		return;
	buf_add(records, &record, sizeof(record));
	buf_add(records, rules, sizeof(*rules));
}

const struct journal_record *journal_record_next(const struct buf *records,
						 const struct journal_record *after)
{
	const uint8_t *next = after ? (const uint8_t *)after + after->bytes : records->data;

	if (!records->len || next == records->data + records->len)
		return NULL;
	return (const struct journal_record *)next;
}
