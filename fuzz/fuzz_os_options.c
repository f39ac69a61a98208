/* TCP options in a fingerprint's letters. */
#include "detect/os/os_options.h"

#include "detect/os/os_fingerprint.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct os_fingerprint print = {0};
	char text[OS_OPTIONS_TEXT_BYTES];
	uint32_t timestamp = 0;
	bool has_timestamp = os_options_timestamp(data, bytes, &timestamp);

	os_options_text(data, bytes, text);
	assert(strlen(text) <= 50);
	assert(strspn(text, "0123456789ABCDEFLNMWST") == strlen(text));
	assert(os_fingerprint_set(&print, OS_T2_O, text, strlen(text)));
	if (*text)
		assert(has_timestamp == (strchr(text, 'T') != NULL));
	if (*text && timestamp)
		assert(strstr(text, "T1"));
	return 0;
}
