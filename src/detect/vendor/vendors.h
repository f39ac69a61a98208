/* Who made a network card, by the first digits of its hardware address: our own
 * data/vendors.tsv (compiled in), or a file in the nmap-mac-prefixes grammar (formats.md 10.2).
 * Knows prefixes and names, not where an address was seen. Wherever a table is asked for, NULL
 * is the compiled-in one. */
#ifndef PORTOLAN_DETECT_VENDOR_VENDORS_H
#define PORTOLAN_DETECT_VENDOR_VENDORS_H

#include "net/mac.h"
#include "util/diag.h"

#include <stdbool.h>
#include <stddef.h>

struct vendors;

#define VENDOR_NAME_BYTES 128 /* with the NUL */

/* Lines of "PREFIX NAME", PREFIX 6, 7 or 9 hex digits; the first of a prefix stays. Other lines
 * are skipped but for comments and empty ones, and the first of them is told in diag (line 0:
 * none). ERROR_MEMORY, ERROR_LIMIT. Free with vendors_free(). */
int vendors_parse(const void *text, size_t bytes, struct vendors **ret_vendors, struct diag *diag);
/* The same from a file. ERROR_NOT_FOUND, ERROR_IO and those above; diag says why, with line 0. */
int vendors_load(const char *path, struct vendors **ret_vendors, struct diag *diag);
void vendors_free(struct vendors *vendors); /* NULL is fine */

/* The longest of the prefixes of 36, 28 and 24 bits that the table has. Gives `name`, or NULL
 * when it has none. Needs no memory; a few dozen steps. The name is safe to show. */
const char *vendors_find(const struct vendors *vendors, const struct mac_addr *mac,
			 char name[VENDOR_NAME_BYTES]);
/* The first prefix of a vendor whose name has `part` in it (any case): by length, then by value.
 * Gives how many digits of ret_mac it fills (the others are 0); 0: none. An empty part is in no
 * name. Reads the whole table. */
unsigned vendors_search(const struct vendors *vendors, const char *part, struct mac_addr *ret_mac);

#endif
