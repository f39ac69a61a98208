#include "support.h"

#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>

void support_each_allocation_fails(int (*body)(void *self), void *self, long most)
{
	long nth;

	for (nth = 0; nth < most; nth++) {
		int r, struck;

		alloc_fault_after(nth);
		r = body(self);
		struck = alloc_fault_hit();
		alloc_fault_after(-1);
		if (!struck) {
			assert_int_equal(r, 0);
			return;
		}
	}
	fail_msg("still allocating after %ld rounds", most);
}

char *support_read_file(const char *path, size_t *ret_bytes)
{
	const char *root = getenv("PORTOLAN_SOURCE_ROOT");
	char full[4096];
	char *text;
	long bytes;
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", root ? root : ".", path);
	file = fopen(full, "rb");
	if (!file)
		fail_msg("cannot read %s", full);
	fseek(file, 0, SEEK_END);
	bytes = ftell(file);
	rewind(file);
	text = calloc(1, (size_t)bytes + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)bytes, file), (size_t)bytes);
	fclose(file);
	if (ret_bytes)
		*ret_bytes = (size_t)bytes;
	return text;
}
