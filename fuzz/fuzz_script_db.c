#include "script/script_db.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* What was read is written so that it reads the same: the second text is the first. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct script_db db, again;
	struct buf text = BUF_INIT, second = BUF_INIT;

	if (script_db_parse((const char *)data, bytes, &db, NULL) < 0)
		return 0;
	if (script_db_write(db.all, db.count, &text) == 0 && text.len) {
		if (script_db_parse((const char *)text.data, text.len, &again, NULL) < 0 ||
		    again.count != db.count || script_db_write(again.all, again.count, &second) < 0)
			abort();
		script_db_release(&again);
	}
	if (second.len && (second.len != text.len || memcmp(second.data, text.data, text.len) != 0))
		abort();
	buf_release(&second);
	buf_release(&text);
	script_db_release(&db);
	return 0;
}
