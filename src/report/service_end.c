#include "report/service_end.h"

#include <string.h>

static const char *const names[SERVICE_ENDS] = {
	[SERVICE_HARD] = "matched",       [SERVICE_SOFT] = "softmatched",
	[SERVICE_WRAPPED] = "tcpwrapped", [SERVICE_UNKNOWN] = "unknown",
	[SERVICE_EXCLUDED] = "excluded",  [SERVICE_INCOMPLETE] = "incomplete",
};

const char *service_end_name(enum service_end end)
{
	return end < SERVICE_ENDS ? names[end] : names[SERVICE_UNKNOWN];
}

int service_end_parse(const char *text)
{
	for (int end = 0; end < SERVICE_ENDS; end++)
		if (!strcmp(names[end], text))
			return end;
	return -1;
}

bool service_has_certificate(const struct service_tls *tls)
{
	return tls && (tls->certificate.subject || tls->certificate.der || tls->certificate.key);
}
