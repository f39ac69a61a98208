/* Port lists as -p takes them: the first byte says which scans ask. */
#include "net/port_list.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char services_text[] = "ssh 22/tcp 0.5\nhttp 80/tcp 0.4\nhttp-alt 8080/tcp 0.1\n"
				    "domain 53/udp 0.3\nunknown 9/sctp 0.1\n";

static void keep_quiet(void *self, const char *text)
{
	assert(*text);
}

static void check_format(const struct portset *set)
{
	struct buf text = BUF_INIT;
	uint32_t members = 0;

	for (int32_t p = portset_next(set, 0); p >= 0; p = portset_next(set, (uint32_t)p + 1))
		members++;
	assert(members == set->count);
	portset_format(set, &text);
	buf_release(&text);
}

static void parse(const char *list, uint8_t flags)
{
	static struct port_rules rules;
	struct services *services = NULL;
	struct port_list_request request = {
		.transports = (flags & 15u) ? (flags & 15u) : 1u,
		.prefixes = flags & 16u,
		.warn = keep_quiet,
	};
	struct diag diag = {0};
	int r;

	if (services_parse(services_text, sizeof(services_text) - 1, &services, NULL))
		return;
	request.services = services;
	memset(&rules, 0, sizeof(rules));
	r = port_list_parse(list, &request, &rules, &diag);
	assert(!r || (diag.column >= 1 && diag.column <= strlen(list) + 1 && *diag.text));
	for (int i = 0; i < TRANSPORTS; i++)
		check_format(&rules.of[i]);
	assert(portset_next(&rules.of[TRANSPORT_IP], 256) < 0);
	services_free(services);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *list;

	if (!bytes || bytes > 4096 || !(list = malloc(bytes)))
		return 0;
	memcpy(list, data + 1, bytes - 1);
	list[bytes - 1] = '\0';
	parse(list, data[0]);
	free(list);
	return 0;
}
