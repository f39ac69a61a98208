#include "script/script_name.h"

#include "script/script_builtin.h"
#include "util/alloc.h"
#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum script_kind script_kind_of(const char *path)
{
	size_t bytes = strlen(path);
	struct stat about;

	if (stat(path, &about) < 0)
		return SCRIPT_KIND_NONE;
	if (S_ISREG(about.st_mode))
		return SCRIPT_KIND_FILE;
	if (!S_ISDIR(about.st_mode))
		return SCRIPT_KIND_NONE;
	return bytes && path[bytes - 1] == '/' ? SCRIPT_KIND_FOLDER : SCRIPT_KIND_BARE_FOLDER;
}

bool script_is_builtin(const char *path)
{
	return strncmp(path, SCRIPT_BUILTIN, sizeof(SCRIPT_BUILTIN) - 1) == 0;
}

bool script_is_same_file(const char *path, const char *other)
{
	struct stat about, about_other;

	if (strcmp(path, other) == 0)
		return true;
	return stat(path, &about) == 0 && stat(other, &about_other) == 0 &&
	       about.st_dev == about_other.st_dev && about.st_ino == about_other.st_ino;
}

const char *script_base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool has_suffix(const char *name)
{
	size_t bytes = strlen(name);

	return bytes > 4 && strcmp(name + bytes - 4, ".nse") == 0;
}

char *script_id_of(struct arena *arena, const char *path)
{
	const char *base = script_base_of(path);

	return arena_strndup(arena, base, strlen(base) - (has_suffix(base) ? 4 : 0));
}

/* ---- folders ---- */

static int add_name(struct script_file_names *names, const char *name)
{
	size_t room = names->room ? names->room * 2 : 64;
	char **grown;

	if (names->count == names->room) {
		grown = alloc_resize(names->all, room, sizeof(*grown));
		if (!grown)
			return ERROR_MEMORY;
		names->all = grown;
		names->room = room;
	}
	names->all[names->count] = alloc_strdup(name);
	if (!names->all[names->count])
		return ERROR_MEMORY;
	names->count++;
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int script_names_read(const char *folder, struct script_file_names *ret_names, struct diag *diag)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int r = 0;

	*ret_names = (struct script_file_names){0};
	if (!dir)
		return diag_set(diag, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
				"cannot open the folder %.400s: %s", folder, strerror(errno));
	while (r == 0 && (entry = readdir(dir)))
		if (has_suffix(entry->d_name) && entry->d_type != DT_DIR)
			r = add_name(ret_names, entry->d_name);
	closedir(dir);
	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	if (ret_names->count)
		qsort(ret_names->all, ret_names->count, sizeof(*ret_names->all), by_bytes);
	return 0;
}

void script_names_release(struct script_file_names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		alloc_free(names->all[i]);
	alloc_free(names->all);
	*names = (struct script_file_names){0};
}
