/* Probes from files: one, or a folder of them. */
#include "detect/service/probes.h"

int probe_db_load(const char *path, struct probe_db **ret_db, struct diag *diag)
{
	struct text_files files;
	int r = text_files_read(path, ".probe", PROBE_TEXT_MAX, &files, diag);

	if (r == 0)
		r = probe_db_parse(files.all, files.count,
				   files.folder ? MANNER_BEST : MANNER_FIRST, ret_db, diag);
	text_files_release(&files);
	return r;
}
