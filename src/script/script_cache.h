/* The heads of a folder's scripts as a text, so that they need not be read at each start:
 *     portolan scripts 1
 *     folder <path>
 *     script <mtime_ns> <size> <rules> <file name>      and for each, in any order and number:
 *     category <text> / dependency <text> / author <text> / license <text> / description <text>
 *     end
 * One line each; a backslash stands before `n` for a line's end and before itself. Knows the
 * format, not when a head is too old. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_CACHE_H
#define PORTOLAN_SCRIPT_SCRIPT_CACHE_H

#include "script/script_head.h"
#include "util/buf.h"

#include <stdint.h>

#define SCRIPT_CACHE_BYTES_MAX (64u << 20)

struct script_record {
	const char *file_name;
	uint64_t mtime_ns, bytes; /* of the file, when its head was read */
	struct script_head head;
};

struct script_records {
	struct script_record *all;
	size_t count, room;
};

/* Texts go to the arena, also after an error. ERROR_CORRUPT for anything but what
 * script_cache_write() writes for this folder; ERROR_MEMORY. */
int script_cache_parse(const char *text, size_t bytes, const char *folder, struct arena *arena,
		       struct script_records *ret_records);
/* Adds the text. ERROR_MEMORY. */
int script_cache_write(const char *folder, const struct script_records *records, struct buf *text);

/* ERROR_MEMORY. */
int script_records_add(struct script_records *records, const struct script_record *record);
void script_records_release(struct script_records *records);

#endif
