/* Where an address is, and whose: country and autonomous system, from files in the MaxMind DB
 * format (libmaxminddb). Any file will do that has the fields of GeoLite2's Country, City or ASN
 * files or of those that DB-IP and IPinfo give away. Files are mapped when they are opened, so
 * nothing is opened afterwards. */
#ifndef PORTOLAN_NET_GEO_H
#define PORTOLAN_NET_GEO_H

#include "net/ip.h"
#include "util/diag.h"

#include <stddef.h>

struct geo;

#define GEO_COUNTRY_BYTES      3
#define GEO_ORGANIZATION_BYTES 128

/* Safe to show. "" and 0: not known. */
struct geo_place {
	char country[GEO_COUNTRY_BYTES];           /* ISO 3166-1: "DE" */
	char organization[GEO_ORGANIZATION_BYTES]; /* of the autonomous system */
	uint32_t asn;
};

/* Several files: a fact is taken from the first that has it. ERROR_NOT_FOUND, ERROR_IO,
 * ERROR_CORRUPT, ERROR_MEMORY, with words that name the file. Free with geo_free(). */
int geo_open(const char *const *paths, size_t count, struct geo **ret_geo, struct diag *diag);
void geo_free(struct geo *geo); /* NULL is fine */

/* What the files know; all empty when that is nothing, or when a file turns out damaged. */
void geo_find(const struct geo *geo, const struct ip_addr *addr, struct geo_place *ret_place);

#endif
