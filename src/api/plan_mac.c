/* --spoof-mac: any address, one with given first bytes, or one of a vendor's. */
#include "api/packet_words.h"
#include "api/plan_parts.h"
#include "detect/vendor/vendors.h"
#include "util/error.h"
#include "util/random.h"

#include <string.h>

#define SALT_MAC 0x0ac00000u
#define NIBBLES  12

/* The first prefix of the vendor. 0 or ERROR_*; ret_nibbles 0: it has none. */
static int search_vendor(const struct plan *plan, const char *vendor, struct mac_addr *ret_mac,
			 unsigned *ret_nibbles, struct diag *diag)
{
	struct vendors *vendors = NULL;
	int r = 0;

	if (plan->vendors_path)
		r = vendors_load(plan->vendors_path, &vendors, diag);
	if (r == 0)
		*ret_nibbles = vendors_search(vendors, vendor, ret_mac);
	vendors_free(vendors);
	return r;
}

/* What is not given is drawn. A frame from a group address would be thrown away
 * by any switch, so the first byte is drawn as one host's, local to the net. */
static void fill_up(struct mac_addr *mac, unsigned nibbles, uint64_t seed)
{
	struct random random;
	unsigned i;

	random_init(&random, seed ^ SALT_MAC);
	for (i = nibbles; i < NIBBLES; i++) {
		uint8_t nibble = (uint8_t)random_below(&random, 16);

		mac->bytes[i / 2] |= (uint8_t)(i % 2 ? nibble : nibble << 4);
	}
	if (!nibbles)
		mac->bytes[0] = (uint8_t)((mac->bytes[0] & ~1u) | 2u);
}

/* What was typed, as the first nibbles of an address. */
static int read_typed(const struct plan *plan, const char *text, struct mac_addr *ret_mac,
		      unsigned *ret_nibbles, struct diag *diag)
{
	int bytes = strcmp(text, "0") ? mac_prefix_parse(text, ret_mac) : 0;
	int r = 0;

	if (bytes == ERROR_LIMIT)
		return diag_set(diag, ERROR_RANGE, "--spoof-mac: %.80s is longer than six bytes",
				text);
	*ret_nibbles = bytes > 0 ? (unsigned)bytes * 2 : 0;
	if (bytes < 0)
		r = search_vendor(plan, text, ret_mac, ret_nibbles, diag);
	if (bytes >= 0 || r < 0 || *ret_nibbles)
		return r;
	return diag_set(diag, ERROR_NOT_FOUND,
			"--spoof-mac takes 0, the first bytes in hex such as 02:1b, or a part of a "
			"vendor's name such as Cisco, and no vendor has \"%.80s\" in its name",
			text);
}

int plan_set_mac(struct settings *settings, const struct plan_request *request, struct plan *plan,
		 struct diag *diag)
{
	const char *text = settings->spoof_mac;
	struct mac_addr mac = {{0}};
	unsigned nibbles = 0;
	int r;

	if (plan_find_file(settings, request, "nmap-mac-prefixes", plan, &plan->vendors_path) < 0)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	if (!text)
		return 0;
	if ((r = read_typed(plan, text, &mac, &nibbles, diag)) < 0)
		return r;
	fill_up(&mac, nibbles, plan->seed);
	plan->packets.mac = mac;
	plan->packets.has_mac = true;
	plan->packets.layer = LAYER_ETHERNET;
	return 0;
}
