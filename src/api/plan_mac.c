/* --spoof-mac: any address, one with given first bytes, or one of a vendor's. */
#include "api/packet_words.h"
#include "api/plan_parts.h"
#include "util/error.h"
#include "util/random.h"

#include <stdio.h>
#include <string.h>

#define SALT_MAC 0x0ac00000u
#define NIBBLES  12

static int nibble_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A line of nmap-mac-prefixes: 6, 7 or 9 digits, then the vendor. Gives how many
 * digits were taken into `mac`; 0: another vendor's. */
static int match_vendor(char *line, const char *vendor, struct mac_addr *mac)
{
	int count = 0, nibble;

	*mac = (struct mac_addr){0};
	while (count < NIBBLES && (nibble = nibble_of(line[count])) >= 0) {
		mac->bytes[count / 2] |= (uint8_t)(count % 2 ? nibble : nibble << 4);
		count++;
	}
	line[strcspn(line, "\r\n")] = 0;
	if (count < 6 || (line[count] != ' ' && line[count] != '\t'))
		return 0;
	return strcasestr(line + count + 1, vendor) ? count : 0;
}

static int search_file(const char *path, const char *vendor, struct mac_addr *ret_mac)
{
	FILE *file = fopen(path, "re");
	char line[512];
	int nibbles = 0;

	while (file && !nibbles && fgets(line, sizeof(line), file))
		nibbles = match_vendor(line, vendor, ret_mac);
	if (file)
		fclose(file);
	return nibbles;
}

/* The first prefix of the vendor, in the file's order. 0: none. */
static int search_vendor(const char *datadir, const char *vendor, struct mac_addr *ret_mac)
{
	const char *folders[] = {datadir, "/usr/share/nmap", "/usr/local/share/nmap"};
	char path[4096];
	int nibbles = 0;
	size_t i;

	for (i = 0; !nibbles && i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (!folders[i])
			continue;
		snprintf(path, sizeof(path), "%s/nmap-mac-prefixes", folders[i]);
		nibbles = search_file(path, vendor, ret_mac);
	}
	return nibbles;
}

/* What is not given is drawn. A frame from a group address would be thrown away
 * by any switch, so the first byte is drawn as one host's, local to the net. */
static void fill_up(struct mac_addr *mac, int nibbles, uint64_t seed)
{
	struct random random;
	int i;

	random_init(&random, seed ^ SALT_MAC);
	for (i = nibbles; i < NIBBLES; i++) {
		uint8_t nibble = (uint8_t)random_below(&random, 16);

		mac->bytes[i / 2] |= (uint8_t)(i % 2 ? nibble : nibble << 4);
	}
	if (!nibbles)
		mac->bytes[0] = (uint8_t)((mac->bytes[0] & ~1u) | 2u);
}

int plan_set_mac(struct settings *settings, const struct plan_request *request, struct plan *plan,
		 struct diag *diag)
{
	const char *text = settings->spoof_mac;
	const char *datadir = settings->datadir ? settings->datadir : request->datadir;
	struct mac_addr mac = {0};
	int nibbles = 0, bytes;

	if (!text)
		return 0;
	bytes = strcmp(text, "0") ? mac_prefix_parse(text, &mac) : 0;
	if (bytes == ERROR_LIMIT)
		return diag_set(diag, ERROR_RANGE, "--spoof-mac: %.80s is longer than six bytes",
				text);
	nibbles = bytes >= 0 ? bytes * 2 : search_vendor(datadir, text, &mac);
	if (bytes < 0 && !nibbles)
		return diag_set(diag, ERROR_NOT_FOUND,
				"--spoof-mac takes 0, the first bytes in hex such as 02:1b, or a "
				"part of a vendor's name out of nmap-mac-prefixes (in the data "
				"folder or Nmap's), not \"%.80s\"",
				text);
	fill_up(&mac, nibbles, plan->seed);
	plan->packets.mac = mac;
	plan->packets.has_mac = true;
	plan->packets.layer = LAYER_ETHERNET;
	return 0;
}
