/* Probes from files: one, or a folder of them. */
#include "detect/service/probes.h"
#include "util/alloc.h"
#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".probe"

/* The files, read. */
struct texts {
	struct probe_text *all; /* names and texts are owned */
	size_t count, room, bytes;
};

static void texts_release(struct texts *texts)
{
	size_t i;

	for (i = 0; i < texts->count; i++) {
		alloc_free((void *)(uintptr_t)texts->all[i].name);
		alloc_free((void *)(uintptr_t)texts->all[i].text);
	}
	alloc_free(texts->all);
}

/* Takes over `path` (alloc_free()), also when it fails. */
static int texts_add(struct texts *texts, char *path)
{
	size_t room = texts->room ? texts->room * 2 : 64;
	struct probe_text *all = texts->all;

	if (path && texts->count == texts->room) {
		all = alloc_resize(texts->all, room, sizeof(*all));
		if (all) {
			texts->all = all;
			texts->room = room;
		}
	}
	if (!path || !all) {
		alloc_free(path);
		return ERROR_MEMORY;
	}
	all[texts->count++] = (struct probe_text){.name = path};
	return 0;
}

static int cannot(const char *doing, const char *path, struct diag *diag)
{
	int error = errno == ENOENT || errno == ENOTDIR ? ERROR_NOT_FOUND : ERROR_IO;

	return diag_set(diag, error, "cannot %s %.300s: %s", doing, path, strerror(errno));
}

static int read_all(FILE *file, const char *path, size_t most, struct buf *text, struct diag *diag)
{
	size_t got;

	do {
		if (!buf_reserve(text, text->len + 65536))
			return ERROR_MEMORY;
		got = fread(text->data + text->len, 1, text->cap - text->len, file);
		text->len += got;
	} while (got && text->len <= most);
	if (ferror(file))
		return cannot("read", path, diag);
	if (text->len > most)
		return diag_set(diag, ERROR_LIMIT,
				"%.300s: more than %u MiB of probes; that is no probe file", path,
				PROBE_TEXT_MAX >> 20);
	return 0;
}

static int read_text(struct texts *texts, struct probe_text *text, struct diag *diag)
{
	FILE *file = fopen(text->name, "rbe");
	struct buf bytes = BUF_INIT;
	int r;

	if (!file)
		return cannot("open", text->name, diag);
	r = read_all(file, text->name, PROBE_TEXT_MAX - texts->bytes, &bytes, diag);
	fclose(file);
	if (r == 0) {
		text->bytes = bytes.len;
		texts->bytes += bytes.len;
		text->text = buf_detach(&bytes);
		r = text->text ? 0 : ERROR_MEMORY;
	}
	buf_release(&bytes);
	return r;
}

static bool is_probe_file(const char *name)
{
	size_t length = strlen(name);

	return *name != '.' && length > strlen(SUFFIX) &&
	       strcmp(name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct probe_text *)left)->name,
		      ((const struct probe_text *)right)->name);
}

static int list_folder(struct texts *texts, const char *path, struct diag *diag)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int r = 0;

	if (!folder)
		return cannot("open", path, diag);
	while (r == 0 && (entry = readdir(folder)))
		if (is_probe_file(entry->d_name))
			r = texts_add(texts, alloc_printf("%s/%s", path, entry->d_name));
	closedir(folder);
	if (r == 0 && !texts->count)
		return diag_set(diag, ERROR_NOT_FOUND, "%.300s: no file *" SUFFIX " is in it",
				path);
	if (texts->count > 1)
		qsort(texts->all, texts->count, sizeof(*texts->all), by_name);
	return r;
}

static int read_and_parse(struct texts *texts, enum probe_manner manner, struct probe_db **ret_db,
			  struct diag *diag)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < texts->count; i++)
		r = read_text(texts, &texts->all[i], diag);
	return r < 0 ? r : probe_db_parse(texts->all, texts->count, manner, ret_db, diag);
}

int probe_db_load(const char *path, struct probe_db **ret_db, struct diag *diag)
{
	struct texts texts = {0};
	struct stat about;
	bool folder;
	int r;

	if (stat(path, &about) < 0)
		return cannot("open", path, diag);
	folder = S_ISDIR(about.st_mode);
	r = folder ? list_folder(&texts, path, diag) : texts_add(&texts, alloc_strdup(path));
	if (r == 0)
		r = read_and_parse(&texts, folder ? MANNER_BEST : MANNER_FIRST, ret_db, diag);
	texts_release(&texts);
	return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
}
