/* Files of places in the MaxMind DB format: the library's reading of a file, and ours of what
 * it finds. */
#include "net/geo.h"

#include "util/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* libmaxminddb before 1.12 forgets what it made of damaged metadata (its pull request 356). */
const char *__lsan_default_suppressions(void) /* NOLINT(*-reserved-identifier) */
	__attribute__((visibility("default")));
const char *__lsan_default_suppressions(void) /* NOLINT(*-reserved-identifier) */
{
	return "leak:libmaxminddb";
}

static void look_up(const struct geo *geo, const char *text)
{
	struct ip_addr addr;
	struct geo_place place;

	assert(ip_parse(text, &addr));
	geo_find(geo, &addr, &place);
	assert(strlen(place.country) == 0 || strlen(place.country) == 2);
	assert(strlen(place.organization) < sizeof(place.organization));
	assert(text_is_utf8(place.organization, strlen(place.organization)));
	assert(!strpbrk(place.organization, "\n\r\t\x1b"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	int fd = memfd_create("geo", MFD_CLOEXEC);
	char path[64];
	const char *paths[] = {path};
	struct geo *geo = NULL;
	struct diag diag = {0};

	if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (geo_open(paths, 1, &geo, &diag) == 0) {
		look_up(geo, "10.1.2.3");
		look_up(geo, "10.2.200.1");
		look_up(geo, "255.255.255.255");
		look_up(geo, "fd00:1::1");
		look_up(geo, "::");
	} else {
		assert(*diag.text);
	}
	geo_free(geo);
	close(fd);
	return 0;
}
