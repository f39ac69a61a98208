/* A table of texts met while a reference file is read: each is found again by its
 * bytes and a tag, and has a number. Reference files are large because entries
 * repeat each other's lines. */
#ifndef PORTOLAN_DETECT_OS_OS_INTERN_H
#define PORTOLAN_DETECT_OS_OS_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct os_interned {
	const char *text; /* NULL: a free place */
	uint32_t bytes, hash;
	uint32_t value;
	uint32_t tag;
};

struct os_intern {
	struct os_interned *places;
	size_t room, count;
};

/* The place of a text, which may be new: then `text` is NULL in it, and the caller
 * fills text (which must outlive the table), bytes and value, or leaves it as it is: the
 * place stays free. It is good until the next call. NULL: memory. */
struct os_interned *os_intern_place(struct os_intern *table, const char *text, size_t bytes,
				    uint32_t tag);
void os_intern_release(struct os_intern *table);

#endif
