#include "report/journal/journal_record.h"

#include "engine/path_copy.h"
#include "engine/script_copy.h"
#include "engine/service_copy.h"
#include "engine/system_copy.h"

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

/* The block of a service, system, path, result or finding. The buffer may have grown, and so moved,
 * since it was filled; it is ours. */
static void *block_of(const struct journal_record *record)
{
	size_t offset = aligned(sizeof(*record) + record->others_count * sizeof(struct ip_addr) +
				record->text_bytes[0] + record->text_bytes[1]);

	return (uint8_t *)record + offset;
}

const struct service_facts *journal_record_service(const struct journal_record *record)
{
	return service_copy_moved(block_of(record));
}

const struct system_facts *journal_record_system(const struct journal_record *record)
{
	return system_copy_moved(block_of(record));
}

const struct path_facts *journal_record_path(const struct journal_record *record)
{
	return path_copy_moved(block_of(record));
}

const struct script_result *journal_record_script(const struct journal_record *record)
{
	return script_result_moved(block_of(record));
}

const struct script_finding *journal_record_finding(const struct journal_record *record)
{
	return script_finding_moved(block_of(record));
}

static size_t block_bytes_of(const struct observation *seen)
{
	switch (seen->kind) {
	case OBSERVED_SERVICE:
		return service_copy_bytes(seen->service.facts, SERVICE_WHOLE);
	case OBSERVED_SYSTEM:
		return system_copy_bytes(seen->system);
	case OBSERVED_PATH:
		return path_copy_bytes(seen->path);
	case OBSERVED_SCRIPT:
		return script_result_bytes(seen->script.result);
	case OBSERVED_FINDING:
		return script_finding_bytes(seen->finding.finding);
	default:
		return 0;
	}
}

static void fill_block(void *block, const struct observation *seen)
{
	if (seen->kind == OBSERVED_SERVICE)
		(void)service_copy_into(block, seen->service.facts, SERVICE_WHOLE);
	else if (seen->kind == OBSERVED_SYSTEM)
		(void)system_copy_into(block, seen->system);
	else if (seen->kind == OBSERVED_SCRIPT)
		(void)script_result_copy_into(block, seen->script.result);
	else if (seen->kind == OBSERVED_FINDING)
		(void)script_finding_copy_into(block, seen->finding.finding);
	else
		(void)path_copy_into(block, seen->path);
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
	size_t bytes = sizeof(record), block_bytes = block_bytes_of(seen);

	if (seen->kind == OBSERVED_TASK_BEGIN || seen->kind == OBSERVED_TASK_END)
		return;
	texts_of(seen, tail.text);
	if (seen->target) {
		record.index = seen->target->index;
		record.addr = seen->target->addr;
		/* Ports come by the thousand, after the host they belong to. */
		if (seen->kind != OBSERVED_PORT && !block_bytes) {
			tail.others = seen->target->others;
			record.others_count = (uint32_t)seen->target->others_count;
		}
	}
	for (int i = 0; i < 2; i++)
		bytes += record.text_bytes[i] = tail.text[i] ? strlen(tail.text[i]) + 1 : 0;
	bytes += record.others_count * sizeof(*tail.others);
	record.bytes = aligned(bytes) + block_bytes;
	if (!buf_reserve(records, record.bytes))
		return;
	buf_add(records, &record, sizeof(record));
	buf_add(records, tail.others, record.others_count * sizeof(*tail.others));
	buf_add(records, tail.text[0], record.text_bytes[0]);
	buf_add(records, tail.text[1], record.text_bytes[1]);
	buf_add_repeat(records, '\0', record.bytes - bytes);
	if (block_bytes)
		fill_block(records->data + records->len - block_bytes, seen);
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
