/* A database from files: one, or a folder of them. */
#include "detect/os/os_db.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".fp"

/* The files, read; names and texts are owned. */
struct files {
	struct os_text *all;
	size_t count, room, bytes;
};

static void files_release(struct files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		alloc_free((void *)(uintptr_t)files->all[i].name);
		alloc_free((void *)(uintptr_t)files->all[i].text);
	}
	alloc_free(files->all);
}

/* Takes over `path`, also when it fails. */
static int files_add(struct files *files, char *path)
{
	struct os_text *all = files->all;

	if (path && files->count == files->room) {
		size_t room = files->room ? files->room * 2 : 16;

		if ((all = alloc_resize(all, room, sizeof(*all)))) {
			files->all = all;
			files->room = room;
		}
	}
	if (!path || !all) {
		alloc_free(path);
		return ERROR_MEMORY;
	}
	all[files->count++] = (struct os_text){.name = path};
	return 0;
}

static int cannot(const char *doing, const char *path, struct diag *diag)
{
	int error = errno == ENOENT || errno == ENOTDIR ? ERROR_NOT_FOUND : ERROR_IO;

	return diag_set(diag, error, "cannot %s %.300s: %s", doing, path, strerror(errno));
}

/* Stops a byte behind what is allowed; os_db_parse() tells of it. */
static int read_all(FILE *file, const char *path, size_t most, struct buf *text, struct diag *diag)
{
	size_t got;

	struct stat about;

	if (fstat(fileno(file), &about) == 0 && about.st_size > 0 && about.st_size <= (off_t)most &&
	    !buf_reserve(text, (size_t)about.st_size + 2))
		return ERROR_MEMORY;
	do {
		if (text->cap - text->len < 2 && !buf_reserve(text, text->len + 65536))
			return ERROR_MEMORY;
		got = fread(text->data + text->len, 1, text->cap - text->len, file);
		text->len += got;
	} while (got && text->len <= most);
	return ferror(file) ? cannot("read", path, diag) : 0;
}

static int read_text(struct files *files, struct os_text *text, struct diag *diag)
{
	FILE *file = fopen(text->name, "rbe");
	struct buf bytes = BUF_INIT;
	int r;

	if (!file)
		return cannot("open", text->name, diag);
	r = read_all(file, text->name, OS_DB_TEXT_MAX, &bytes, diag);
	fclose(file);
	if (r == 0) {
		text->bytes = bytes.len;
		text->text = buf_detach(&bytes);
		r = text->text ? 0 : ERROR_MEMORY;
	}
	buf_release(&bytes);
	return r;
}

static bool is_ours(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > strlen(SUFFIX) &&
	       strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct os_text *)left)->name, ((const struct os_text *)right)->name);
}

static int list_folder(struct files *files, const char *path, struct diag *diag)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int r = 0;

	if (!folder)
		return cannot("open", path, diag);
	while (r == 0 && (entry = readdir(folder)))
		if (is_ours(entry->d_name))
			r = files_add(files, alloc_printf("%s/%s", path, entry->d_name));
	closedir(folder);
	if (r == 0 && !files->count)
		return diag_set(diag, ERROR_NOT_FOUND, "%.300s: no file *" SUFFIX " is in it",
				path);
	if (files->count > 1)
		qsort(files->all, files->count, sizeof(*files->all), by_name);
	return r;
}

int os_db_load(const char *path, os_db_say *say, void *self, struct os_db **ret_db,
	       struct diag *diag)
{
	struct files files = {0};
	struct stat about;
	size_t i;
	int r;

	if (stat(path, &about) < 0)
		return cannot("open", path, diag);
	r = S_ISDIR(about.st_mode) ? list_folder(&files, path, diag)
				   : files_add(&files, alloc_strdup(path));
	for (i = 0; r == 0 && i < files.count; i++)
		r = read_text(&files, &files.all[i], diag);
	if (r == 0)
		r = os_db_parse(files.all, files.count, say, self, ret_db, diag);
	files_release(&files);
	return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
}
