#include "engine/script_result.h"

#include <string.h>

static const char *const scopes[SCRIPT_SCOPES] = {"pre", "host", "port", "post"};
static const char *const kinds[SCRIPT_KINDS] = {"text", "number", "boolean", "table"};
static const char *const severities[FINDING_SEVERITIES] = {"info", "low", "medium", "high",
							   "critical"};

static int parse(const char *const *names, int count, const char *text)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], text))
			return i;
	return -1;
}

const char *script_scope_name(enum script_scope scope)
{
	return scopes[scope];
}

const char *script_kind_name(enum script_kind kind)
{
	return kinds[kind];
}

const char *finding_severity_name(enum finding_severity severity)
{
	return severities[severity];
}

int script_scope_parse(const char *text)
{
	return parse(scopes, SCRIPT_SCOPES, text);
}

int script_kind_parse(const char *text)
{
	return parse(kinds, SCRIPT_KINDS, text);
}

int finding_severity_parse(const char *text)
{
	return parse(severities, FINDING_SEVERITIES, text);
}

int script_place_compare(const struct script_place *a, const struct script_place *b)
{
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	if (a->transport != b->transport)
		return a->transport < b->transport ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}
