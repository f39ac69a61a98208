#include "script/script_cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* What was read is written so that it reads again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct arena arena = ARENA_INIT;
	struct script_records records, again;
	struct buf text = BUF_INIT;

	if (script_cache_parse((const char *)data, bytes, "/f", &arena, &records) == 0) {
		if (script_cache_write("/f", &records, &text) < 0 ||
		    script_cache_parse((const char *)text.data, text.len, "/f", &arena, &again) <
			    0 ||
		    again.count != records.count)
			abort();
		script_records_release(&again);
		script_records_release(&records);
	}
	buf_release(&text);
	arena_release(&arena);
	return 0;
}
