#include "util/files.h"

#include "util/alloc.h"
#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE_BYTES 65536u

static int cannot(const char *doing, const char *path, struct diag *diag)
{
	int error = errno == ENOENT || errno == ENOTDIR ? ERROR_NOT_FOUND : ERROR_IO;

	return diag_set(diag, error, "cannot %s %.400s: %s", doing, path, strerror(errno));
}

static int too_large(const char *name, size_t most, struct diag *diag)
{
	return diag_set(diag, ERROR_LIMIT, "%.400s is larger than %zu MiB", name, most >> 20);
}

/* A file of known size is read in one piece, and one byte more tells its end. */
static void reserve_all(FILE *file, size_t most, struct buf *text)
{
	struct stat about;

	if (fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
	    (uint64_t)about.st_size <= most)
		(void)buf_reserve(text, (size_t)about.st_size + 2);
}

int file_read_rest(FILE *file, const char *name, size_t most, struct buf *text, struct diag *diag)
{
	size_t before = text->len, got;

	reserve_all(file, most, text);
	do {
		if (text->cap - text->len < 2 && !buf_reserve(text, PIECE_BYTES))
			return diag_set(diag, ERROR_MEMORY, "out of memory");
		got = fread(text->data + text->len, 1, text->cap - text->len, file);
		text->len += got;
	} while (got && text->len - before <= most);
	if (ferror(file))
		return diag_set(diag, ERROR_IO, "cannot read %.400s: %s", name, strerror(errno));
	return text->len - before > most ? too_large(name, most, diag) : 0;
}

int file_read(const char *path, size_t most, struct buf *text, struct diag *diag)
{
	FILE *file = fopen(path, "rbe");
	int r;

	if (!file)
		return cannot("open", path, diag);
	r = file_read_rest(file, path, most, text, diag);
	fclose(file);
	return r;
}

/* ---- several ---- */

void text_files_release(struct text_files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		alloc_free((void *)(uintptr_t)files->all[i].name);
		alloc_free((void *)(uintptr_t)files->all[i].text);
	}
	alloc_free(files->all);
	*files = (struct text_files){0};
}

/* Takes over `path` (alloc_free()), also when it fails. */
static int add(struct text_files *files, char *path)
{
	size_t room = files->room ? files->room * 2 : 64;
	struct text_file *all = files->all;

	if (path && files->count == files->room) {
		all = alloc_resize(files->all, room, sizeof(*all));
		if (all) {
			files->all = all;
			files->room = room;
		}
	}
	if (!path || !all) {
		alloc_free(path);
		return ERROR_MEMORY;
	}
	all[files->count++] = (struct text_file){.name = path};
	return 0;
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t length = strlen(name), tail = strlen(suffix);

	return *name != '.' && length > tail && strcmp(name + length - tail, suffix) == 0;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct text_file *)left)->name,
		      ((const struct text_file *)right)->name);
}

static int list_folder(struct text_files *files, const char *path, const char *suffix,
		       struct diag *diag)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int r = 0;

	if (!folder)
		return cannot("open", path, diag);
	while (r == 0 && (entry = readdir(folder)))
		if (ends_in(entry->d_name, suffix))
			r = add(files, alloc_printf("%s/%s", path, entry->d_name));
	closedir(folder);
	if (r == 0 && !files->count)
		return diag_set(diag, ERROR_NOT_FOUND, "%.400s: no file *%s is in it", path,
				suffix);
	if (files->count > 1)
		qsort(files->all, files->count, sizeof(*files->all), by_name);
	return r;
}

static int read_one(struct text_file *file, size_t most, struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r = file_read(file->name, most, &text, diag);

	if (r == 0) {
		file->bytes = text.len;
		file->text = buf_detach(&text);
		r = file->text ? 0 : ERROR_MEMORY;
	}
	buf_release(&text);
	return r;
}

static int read_listed(struct text_files *files, size_t most, struct diag *diag)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < files->count; i++) {
		r = read_one(&files->all[i], most, diag);
		most -= files->all[i].bytes;
	}
	return r;
}

int text_files_read(const char *path, const char *suffix, size_t most, struct text_files *ret_files,
		    struct diag *diag)
{
	struct stat about;
	int r;

	*ret_files = (struct text_files){0};
	if (stat(path, &about) < 0)
		return cannot("open", path, diag);
	ret_files->folder = S_ISDIR(about.st_mode);
	r = ret_files->folder ? list_folder(ret_files, path, suffix, diag)
			      : add(ret_files, alloc_strdup(path));
	if (r == 0)
		r = read_listed(ret_files, most, diag);
	return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
}
