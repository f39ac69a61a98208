#include "engine/verdict.h"

#include <string.h>

static const char *const state_names[PORT_STATES] = {
	[PORT_UNKNOWN] = "unknown",
	[PORT_CLOSED] = "closed",
	[PORT_OPEN] = "open",
	[PORT_FILTERED] = "filtered",
	[PORT_UNFILTERED] = "unfiltered",
	[PORT_OPEN_FILTERED] = "open|filtered",
	[PORT_CLOSED_FILTERED] = "closed|filtered",
};

static const char *const reason_names[REASONS] = {
#define REASON_TEXT(name, text) text,
	REASON_LIST(REASON_TEXT)
#undef REASON_TEXT
};

const char *port_state_name(enum port_state state)
{
	return state < PORT_STATES && state_names[state] ? state_names[state] : "unknown";
}

const char *host_state_name(enum host_state state)
{
	static const char *const names[] = {"unknown", "up", "down", "skipped"};

	return state <= HOST_SKIPPED ? names[state] : "unknown";
}

const char *reason_name(enum reason reason)
{
	return reason < REASONS ? reason_names[reason] : "unknown-response";
}

static int name_index(const char *const *names, int count, const char *text)
{
	int i;

	for (i = 0; i < count; i++)
		if (names[i] && !strcmp(names[i], text))
			return i;
	return -1;
}

int port_state_parse(const char *text)
{
	return name_index(state_names, PORT_STATES, text);
}

int reason_parse(const char *text)
{
	return name_index(reason_names, REASONS, text);
}
