#include "script/script_builtin.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *name, const void *file)
{
	return strcmp(name, ((const struct text_file *)file)->name);
}

static const struct text_file *find(const struct text_file *files, size_t count, const char *name)
{
	return bsearch(name, files, count, sizeof(*files), compare);
}

const struct text_file *script_builtin_script(const char *path)
{
	static const char folder[] = SCRIPT_BUILTIN_SCRIPTS "/";

	if (strncmp(path, folder, sizeof(folder) - 1) != 0)
		return NULL;
	return find(builtin_scripts, builtin_scripts_count, path + sizeof(folder) - 1);
}

const struct text_file *script_builtin_module(const char *relative, const char **ret_folder)
{
	const struct text_file *file = find(builtin_libraries, builtin_libraries_count, relative);

	*ret_folder = SCRIPT_BUILTIN "lualib";
	if (file)
		return file;
	*ret_folder = SCRIPT_BUILTIN "data/scripts";
	return find(builtin_script_data, builtin_script_data_count, relative);
}
