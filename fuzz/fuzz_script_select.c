#include "script/script_select.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const safe[] = {"default", "safe", NULL};
static const char *const vuln[] = {"vuln", NULL};
static const struct script_entry all[] = {
	{"/s/banner.nse", "banner", safe},
	{"/s/http-title.nse", "http-title", safe},
	{"/s/not.nse", "not", vuln},
};

/* A value chooses each script at most once, and says by which element. No folder is given; what
 * matches nothing is looked for from the current one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *value = strndup((const char *)data, bytes);
	const char *const values[] = {value};
	const struct script_request request = {values, 1, true, bytes & 1};
	const struct script_entries entries = {all, 3};
	const struct script_folders folders = {NULL, 0};
	struct script_selection selection;
	size_t i;

	if (value && script_select(&request, &entries, &folders, &selection, NULL) == 0) {
		for (i = 0; i < selection.count; i++)
			if (!selection.all[i].id || !selection.all[i].element ||
			    (i && selection.all[i].entry &&
			     selection.all[i].entry <= selection.all[i - 1].entry))
				abort();
		script_selection_release(&selection);
	}
	free(value);
	return 0;
}
