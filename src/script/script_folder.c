#include "script/script_folder.h"

#include "script/script_name.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/files.h"
#include "util/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
	const char *folder;
	struct arena *arena;
	struct script_records cached, found;
	bool changed; /* found differs from cached */
	struct diag *diag;
};

/* ---- replacing a file ---- */

static int cannot_write(const char *path, struct diag *diag)
{
	int error =
		errno == EACCES || errno == EPERM || errno == EROFS ? ERROR_PERMISSION : ERROR_IO;

	return diag_set(diag, error, "cannot write %.400s: %s", path, strerror(errno));
}

static bool write_all(int fd, const struct buf *text)
{
	size_t done = 0;
	ssize_t wrote;

	while (done < text->len) {
		wrote = write(fd, text->data + done, text->len - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		done += (size_t)wrote;
	}
	return true;
}

static int replace_by(char *temporary, const char *path, const struct buf *text, struct diag *diag)
{
	int fd = mkostemp(temporary, O_CLOEXEC);
	bool written;
	int r = 0;

	if (fd < 0)
		return cannot_write(path, diag);
	written = write_all(fd, text) && fchmod(fd, 0644) == 0;
	if (!written || rename(temporary, path) < 0) {
		r = cannot_write(path, diag);
		(void)unlink(temporary);
	}
	close(fd);
	return r;
}

int script_file_replace(const char *path, const struct buf *text, struct diag *diag)
{
	char *temporary = alloc_printf("%s.XXXXXX", path);
	int r = temporary ? replace_by(temporary, path, text, diag)
			  : diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));

	alloc_free(temporary);
	return r;
}

/* ---- the cache ---- */

static char *cache_path(const char *cache_folder, const char *folder)
{
	uint64_t hash = hash_bytes((struct hash_key){0, 0}, folder, strlen(folder));

	return alloc_printf("%s/scripts-%016llx", cache_folder, (unsigned long long)hash);
}

/* A cache that cannot be read is one that knows nothing. */
static void read_cache(struct reading *in, const char *path)
{
	struct buf text = BUF_INIT;

	if (file_read(path, SCRIPT_CACHE_BYTES_MAX, &text, NULL) == 0 && text.len)
		(void)script_cache_parse((const char *)text.data, text.len, in->folder, in->arena,
					 &in->cached);
	buf_release(&text);
}

static void make_folders(const char *path)
{
	char *partial = alloc_strdup(path), *slash;

	if (!partial)
		return;
	for (slash = strchr(partial + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(partial, 0700);
		*slash = '/';
	}
	alloc_free(partial);
}

static void write_cache(const struct reading *in, const char *path)
{
	struct buf text = BUF_INIT;

	make_folders(path);
	if (script_cache_write(in->folder, &in->found, &text) == 0)
		(void)script_file_replace(path, &text, NULL);
	buf_release(&text);
}

/* ---- heads ---- */

/* Both are in order of names, so the known one is at or after `next`. */
static const struct script_record *find_cached(const struct reading *in, const char *name,
					       size_t *next)
{
	while (*next < in->cached.count && strcmp(in->cached.all[*next].file_name, name) < 0)
		++*next;
	if (*next < in->cached.count && strcmp(in->cached.all[*next].file_name, name) == 0)
		return &in->cached.all[*next];
	return NULL;
}

static uint64_t mtime_ns(const struct stat *about)
{
	return (uint64_t)about->st_mtim.tv_sec * 1000000000u + (uint64_t)about->st_mtim.tv_nsec;
}

static int read_record(struct reading *in, const char *path, const char *name,
		       const struct script_record *cached)
{
	struct script_record record = {0};
	struct stat about;
	int r;

	if (stat(path, &about) < 0)
		return diag_set(in->diag, ERROR_IO, "cannot open %.400s: %s", path,
				strerror(errno));
	if (cached && cached->mtime_ns == mtime_ns(&about) &&
	    cached->bytes == (uint64_t)about.st_size)
		return script_records_add(&in->found, cached);
	in->changed = true;
	record.mtime_ns = mtime_ns(&about);
	record.bytes = (uint64_t)about.st_size;
	record.file_name = arena_strdup(in->arena, name);
	r = record.file_name ? script_head_read(path, in->arena, &record.head, in->diag)
			     : ERROR_MEMORY;
	return r < 0 ? r : script_records_add(&in->found, &record);
}

static int read_records(struct reading *in, const struct script_file_names *names)
{
	size_t i, next = 0;
	char *path;
	int r = 0;

	for (i = 0; i < names->count && r == 0; i++) {
		path = alloc_printf("%s/%s", in->folder, names->all[i]);
		r = path ? read_record(in, path, names->all[i],
				       find_cached(in, names->all[i], &next))
			 : ERROR_MEMORY;
		alloc_free(path);
	}
	if (r == ERROR_MEMORY)
		diag_set(in->diag, r, "%s", error_text(r));
	in->changed |= in->found.count != in->cached.count;
	return r;
}

static int read_with_cache(struct reading *in, const char *cache)
{
	struct script_file_names names = {0};
	int r = script_names_read(in->folder, &names, in->diag);

	if (r == 0 && cache)
		read_cache(in, cache);
	if (r == 0)
		r = read_records(in, &names);
	if (r == 0 && cache && in->changed)
		write_cache(in, cache);
	script_names_release(&names);
	script_records_release(&in->cached);
	return r;
}

int script_folder_read(const char *folder, const char *cache_folder, struct arena *arena,
		       struct script_records *ret_records, struct diag *diag)
{
	struct reading in = {.folder = folder, .arena = arena, .diag = diag};
	char *cache = cache_folder ? cache_path(cache_folder, folder) : NULL;
	int r = read_with_cache(&in, cache);

	alloc_free(cache);
	if (r < 0)
		script_records_release(&in.found);
	else
		*ret_records = in.found;
	return r;
}
