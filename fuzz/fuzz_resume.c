/* Logs of stopped scans, in any of their three formats. */
#include "api/resume.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct addrset *done = addrset_new();
	struct words words;
	struct diag diag;

	if (!done)
		return 0;
	if (resume_arguments((const char *)data, bytes, &words, &diag) == 0)
		words_release(&words);
	resume_finished((const char *)data, bytes, true, done);
	resume_finished((const char *)data, bytes, false, done);
	addrset_free(done);
	return 0;
}
