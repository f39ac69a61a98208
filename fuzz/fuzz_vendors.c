/* Files of vendors by hardware address, in the nmap-mac-prefixes grammar. */
#include "detect/vendor/vendors.h"
#include "util/text.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(const struct vendors *vendors, const struct mac_addr *mac)
{
	char name[VENDOR_NAME_BYTES];
	struct mac_addr first;
	unsigned digits;

	if (!vendors_find(vendors, mac, name))
		return;
	assert(*name && strlen(name) < sizeof(name) && text_is_utf8(name, strlen(name)));
	assert(!strpbrk(name, "\n\r\t\x1b"));
	/* A name that was found is a vendor's, and the vendor's prefix finds a name. */
	digits = vendors_search(vendors, name, &first);
	assert(digits == 6 || digits == 7 || digits == 9);
	assert(vendors_find(vendors, &first, name));
}

/* The prefixes that lines seem to begin with, and their neighbours. */
static void check_lines(const struct vendors *vendors, const uint8_t *data, size_t bytes)
{
	size_t at, i, lines = 0;

	for (at = 0; at + 12 <= bytes && lines < 64; at++) {
		struct mac_addr mac = {{0}};
		char text[13] = {0};

		if (at && data[at - 1] != '\n')
			continue;
		for (i = 0; i < 12; i++)
			text[i] = (char)(memchr("0123456789abcdefABCDEF", data[at + i], 22)
						 ? data[at + i]
						 : '0');
		assert(mac_parse(text, &mac));
		check(vendors, &mac);
		mac.bytes[4]++;
		check(vendors, &mac);
		lines++;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct vendors *vendors = NULL;
	struct diag diag = {0};

	if (vendors_parse(data, bytes, &vendors, &diag))
		return 0;
	assert(!diag.line || (diag.column && *diag.text));
	check_lines(vendors, data, bytes);
	vendors_free(vendors);
	return 0;
}
