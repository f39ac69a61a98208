/* A database from files (one, or a folder of them), or from those compiled in. */
#include "detect/os/os_builtin.h"
#include "detect/os/os_db.h"

int os_db_load(const char *path, os_db_say *say, void *self, struct os_db **ret_db,
	       struct diag *diag)
{
	struct text_files files;
	int r = text_files_read(path, ".fp", OS_DB_TEXT_MAX, &files, diag);

	if (r == 0)
		r = os_db_parse(files.all, files.count, say, self, ret_db, diag);
	text_files_release(&files);
	return r;
}

int os_db_builtin(struct os_db **ret_db)
{
	return os_db_parse(builtin_os, builtin_os_count, NULL, NULL, ret_db, NULL);
}
