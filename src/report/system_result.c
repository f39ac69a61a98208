#include "report/system_result.h"

#include <string.h>

static const char *const names[SYSTEM_RESULTS] = {
	[SYSTEM_MATCHED] = "matched",
	[SYSTEM_NEAR] = "near",
	[SYSTEM_NONE] = "none",
	[SYSTEM_TOO_MANY] = "too-many",
};

const char *system_result_name(enum system_result result)
{
	return result < SYSTEM_RESULTS ? names[result] : names[SYSTEM_NONE];
}

int system_result_parse(const char *text)
{
	for (int result = 0; result < SYSTEM_RESULTS; result++)
		if (!strcmp(names[result], text))
			return result;
	return -1;
}
