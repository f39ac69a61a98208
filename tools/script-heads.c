/* script-heads OUTPUT [SCRIPT...]: what the scripts say of themselves (script/script_cache.h), as
 * of the folder that those that are compiled in have. Run by the build. */
#include "script/script_builtin.h"
#include "script/script_cache.h"
#include "script/script_head.h"
#include "script/script_name.h"
#include "util/error.h"

#include <stdio.h>

static int add(struct script_records *records, const char *path, struct arena *arena)
{
	struct script_record record = {.file_name = script_base_of(path)};
	struct diag diag = {0};
	int r = script_head_read(path, arena, &record.head, &diag);

	if (r < 0)
		(void)fprintf(stderr, "%s\n", diag.text);
	return r < 0 ? r : script_records_add(records, &record);
}

static int write_text(const char *path, const struct buf *text)
{
	FILE *file = fopen(path, "wb");
	size_t wrote;

	if (!file)
		return ERROR_IO;
	wrote = fwrite(text->data, 1, text->len, file);
	return fclose(file) == 0 && wrote == text->len ? 0 : ERROR_IO;
}

int main(int count, char **words)
{
	struct script_records records = {0};
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	int i, r = count < 2 ? ERROR_USAGE : 0;

	for (i = 2; i < count && r == 0; i++)
		r = add(&records, words[i], &arena);
	if (r == 0)
		r = script_cache_write(SCRIPT_BUILTIN_SCRIPTS, &records, &text);
	if (r == 0)
		r = write_text(words[1], &text);
	if (r < 0)
		(void)fprintf(stderr, "script-heads: %s\n", error_text(r));
	buf_release(&text);
	script_records_release(&records);
	arena_release(&arena);
	return r < 0;
}
