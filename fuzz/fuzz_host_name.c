#include "net/host_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* What is accepted must be short, lower-case ASCII, and its own normal form. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *text = strndup((const char *)data, bytes);
	char name[HOST_NAME_BYTES], again[HOST_NAME_BYTES];

	if (text && host_name_normalize(text, name) == 0 &&
	    (strlen(name) >= HOST_NAME_BYTES || host_name_normalize(name, again) != 0 ||
	     strcmp(name, again) != 0))
		abort();
	free(text);
	return 0;
}
