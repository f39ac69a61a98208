/* -sI zombie[:port]. */
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_PORT 80

static int wrong(const char *text, struct diag *diag)
{
	return diag_set(diag, ERROR_SYNTAX,
			"-sI takes the zombie's address and perhaps a port, as in 192.0.2.9:80 or "
			"[2001:db8::9]:80, not \"%.80s\"; give a name by its address",
			text);
}

/* The address alone in `ret_host`, and what stands behind the colon, or NULL. */
static bool split(const char *text, char ret_host[IP_TEXT_BYTES], const char **ret_port)
{
	const char *end = NULL, *colon;
	size_t count;

	*ret_port = NULL;
	if (*text == '[') {
		text++;
		if (!(end = strchr(text, ']')) || (end[1] && end[1] != ':'))
			return false;
		*ret_port = end[1] ? end + 2 : NULL;
	} else if ((colon = strchr(text, ':')) && !strchr(colon + 1, ':')) {
		end = colon;
		*ret_port = colon + 1;
	}
	count = end ? (size_t)(end - text) : strlen(text);
	if (count >= IP_TEXT_BYTES)
		return false;
	memcpy(ret_host, text, count);
	ret_host[count] = 0;
	return true;
}

/* The first of -PS, else of -PA, else the usual one (SC-15). */
static uint16_t port_of_pings(const struct plan *plan)
{
	static const char *const names[] = {"tcp-syn", "tcp-ack"};
	size_t kind, i;

	for (kind = 0; kind < 2; kind++)
		for (i = 0; i < plan->discovery.pings_count; i++)
			if (!strcmp(plan->discovery.pings[i].technique->name, names[kind]))
				return plan->discovery.pings[i].port;
	return USUAL_PORT;
}

static bool parse_port(const char *text, uint16_t *ret_port)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	*ret_port = (uint16_t)number;
	return *text >= '0' && *text <= '9' && !*end && !errno && number && number <= UINT16_MAX;
}

int plan_set_idle(struct settings *settings, struct plan *plan, struct diag *diag)
{
	const unsigned *uses = settings->uses;
	char host[IP_TEXT_BYTES];
	const char *port;

	if (!settings->zombie)
		return 0;
	/* Without ports asked for, the pings' are the usual 443 and 80. */
	plan->idle.port =
		uses[USE_PING_SYN] || uses[USE_PING_ACK] ? port_of_pings(plan) : USUAL_PORT;
	if (!split(settings->zombie, host, &port) || !ip_parse(host, &plan->idle.zombie) ||
	    (port && !parse_port(port, &plan->idle.port)))
		return wrong(settings->zombie, diag);
	if ((uses[USE_V4] && plan->idle.zombie.family == IP_V6) ||
	    (uses[USE_V6] && plan->idle.zombie.family == IP_V4))
		return diag_set(diag, ERROR_CONFLICT,
				"-sI: the zombie %.80s is no IPv%d address, and -%d was given",
				host, uses[USE_V4] ? 4 : 6, uses[USE_V4] ? 4 : 6);
	if (!(plan->idle.zombie_name = arena_strdup(&plan->arena, host)))
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	return 0;
}
