/* A table of texts met while a reference file is read: each is found again by its
 * bytes and a tag. Reference files are large because entries repeat each other's
 * lines. */
#ifndef PORTOLAN_DETECT_OS_OS_INTERN_H
#define PORTOLAN_DETECT_OS_OS_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct os_interned {
	const char *text;
	uint32_t bytes;
	uint32_t value; /* the caller's */
	uint32_t tag;
};

/* All zero is an empty table. */
struct os_intern {
	struct os_interned *all; /* as they came; room for half of `room` */
	size_t count;
	struct os_intern_place *places;
	size_t room; /* of places: 0 or a power of two, at least twice count */
};

/* NULL: not met yet. Good until the next addition. */
const struct os_interned *os_intern_find(const struct os_intern *table, const char *text,
					 size_t bytes, uint32_t tag);
/* What os_intern_find() does not find. `text` must outlive the table. ERROR_MEMORY. */
int os_intern_add(struct os_intern *table, const char *text, size_t bytes, uint32_t tag,
		  uint32_t value);
void os_intern_release(struct os_intern *table);

#endif
