/* Files. A new file comes into its folder together with its first bytes: until
 * then it has no name (O_TMPFILE), and an old file of that name is kept. So
 * nobody finds an empty or half-begun document, and a scan that fails before
 * its first word destroys nothing. What cannot be done so (devices, pipes,
 * links, appending, file systems without O_TMPFILE) is opened by its name. */
#include "report/out.h"

#include "report/out_internal.h"
#include "report/out_tail.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct out_file {
	struct out base;
	struct out_owner owner;
	int fd;
	bool unnamed; /* still to be linked into its folder */
	bool regular;
	bool with_tail; /* tail is in use */
	struct out_tail tail;
};

/* Gives a file that we made to its owner. A refusal is no reason to fail: the
 * content is what counts. */
static void give_away(const struct out_file *file)
{
	if (file->owner.set && fchown(file->fd, file->owner.uid, file->owner.gid) < 0)
		return;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return alloc_strdup(".");
	return slash == path ? alloc_strdup("/") : alloc_strndup(path, (size_t)(slash - path));
}

/* May what is at the path be replaced by a new file, with nobody noticing but
 * by its content? Not an empty one: it was made for us, and whoever made it
 * (mktemp) may read it through the descriptor it still holds. `old` is set
 * when something is there. */
static bool is_replaceable(const char *path, struct stat *old, bool *ret_exists)
{
	int fd;

	*ret_exists = lstat(path, old) == 0;
	if (!*ret_exists)
		return errno == ENOENT;
	if (!S_ISREG(old->st_mode) || old->st_nlink != 1 || old->st_uid != geteuid() ||
	    !old->st_size)
		return false;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* -1 when this has to be opened by name. */
static int open_unnamed(struct out_file *file, const char *path)
{
	struct stat old;
	bool exists;
	char *folder;
	int fd;

	if (!is_replaceable(path, &old, &exists) || !(folder = folder_of(path)))
		return -1;
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
	alloc_free(folder);
	if (fd < 0)
		return -1;
	file->fd = fd;
	file->unnamed = file->regular = true;
	if (!exists)
		give_away(file);
	else if (fchmod(fd, old.st_mode & 0777) < 0 || fchown(fd, (uid_t)-1, old.st_gid) < 0)
		file->unnamed = false;
	if (!file->unnamed)
		close(fd);
	return file->unnamed ? 0 : -1;
}

/* 0 or errno. */
static int open_by_name(struct out_file *file, const char *path, bool append)
{
	int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
	struct stat found;

	file->fd = open(path, flags | O_CREAT | O_EXCL, 0644);
	if (file->fd >= 0)
		give_away(file);
	else if (errno == EEXIST)
		file->fd = open(path, flags | O_CREAT | (append ? O_APPEND : O_TRUNC), 0644);
	if (file->fd < 0)
		return errno;
	file->regular = fstat(file->fd, &found) == 0 && S_ISREG(found.st_mode);
	return 0;
}

static int link_as(int fd, const char *path)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0 ? errno : 0;
}

/* The file with its first bytes takes its name, and the place of an old one. */
static int publish(struct out_file *file)
{
	const char *path = file->base.name;
	char *aside;
	int r = link_as(file->fd, path);

	if (r == EEXIST) {
		aside = alloc_printf("%s.%ld-%d", path, (long)getpid(), file->fd);
		if (!aside)
			return ENOMEM;
		r = link_as(file->fd, aside);
		if (!r && rename(aside, path) < 0) {
			r = errno;
			unlink(aside);
		}
		alloc_free(aside);
	}
	file->unnamed = r != 0;
	return r;
}

/* Runs after the first bytes are written; `r` is how that went. Where it
 * cannot be linked (no /proc), the bytes must be written again by name. */
static int publish_if_new(struct out_file *file, int r, bool *ret_again)
{
	*ret_again = false;
	if (r || !file->unnamed || !publish(file))
		return r;
	close(file->fd);
	file->unnamed = false;
	*ret_again = true;
	return open_by_name(file, file->base.name, false);
}

static int file_write(struct out *out, const void *bytes, size_t count)
{
	struct out_file *file = (struct out_file *)out;
	bool again;
	int r;

	r = out_fd_write(file->fd, bytes, count);
	r = publish_if_new(file, r, &again);
	return !r && again ? out_fd_write(file->fd, bytes, count) : r;
}

static int tail_pwrite(void *self, const void *bytes, size_t count, uint64_t offset)
{
	const struct out_file *file = self;
	const char *at = bytes;

	while (count) {
		ssize_t wrote = pwrite(file->fd, at, count, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return wrote ? errno : ENOSPC;
		at += wrote;
		offset += (uint64_t)wrote;
		count -= (size_t)wrote;
	}
	return 0;
}

static int tail_truncate(void *self, uint64_t bytes)
{
	const struct out_file *file = self;

	return ftruncate(file->fd, (off_t)bytes) < 0 ? errno : 0;
}

/* The document begins where the file ends. (On a file opened for appending
 * Linux lets pwrite() append too, whatever the offset: POSIX says otherwise.) */
static int begin_tail(struct out_file *file)
{
	const struct out_tail_file self = {file, tail_pwrite, tail_truncate};
	off_t end = lseek(file->fd, 0, SEEK_END);
	int flags = fcntl(file->fd, F_GETFL);

	if (end < 0 || flags < 0 || fcntl(file->fd, F_SETFL, flags & ~O_APPEND) < 0)
		return errno;
	out_tail_init(&file->tail, &self, (uint64_t)end);
	file->with_tail = true;
	return 0;
}

static int file_write_with_tail(struct out *out, const void *bytes, size_t count, const void *tail,
				size_t tail_bytes)
{
	struct out_file *file = (struct out_file *)out;
	bool again;
	int r;

	if (!file->with_tail && (r = begin_tail(file)))
		return r;
	r = out_tail_append(&file->tail, bytes, count, tail, tail_bytes);
	r = publish_if_new(file, r, &again);
	if (r || !again)
		return r;
	out_tail_release(&file->tail);
	r = begin_tail(file);
	return r ? r : out_tail_append(&file->tail, bytes, count, tail, tail_bytes);
}

/* The ending of a document is looked for in so many bytes: those of a reserve
 * and of what comes before it. */
#define ENDING_BYTES (128u << 10)

static int read_end(const struct out_file *file, uint64_t size, char *text, size_t count)
{
	int fd = open(file->base.name, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return errno;
	got = pread(fd, text, count, (off_t)(size - count));
	close(fd);
	return got == (ssize_t)count ? 0 : EIO;
}

/* What does not end like a document of ours is simply appended to. */
static int file_reopen(struct out *out, const char *tail, const char *last_element)
{
	struct out_file *file = (struct out_file *)out;
	uint64_t size;
	size_t count, ending;
	char *text;
	int r;

	if (file->unnamed || file->with_tail || (r = begin_tail(file)))
		return 0;
	size = file->tail.content_end;
	count = size < ENDING_BYTES ? (size_t)size : ENDING_BYTES;
	text = alloc_zero(count + 1);
	if (!text)
		return ENOMEM;
	r = read_end(file, size, text, count);
	ending = r ? count : out_find_ending(text, count, tail, last_element);
	alloc_free(text);
	if (ending == count)
		return 0;
	file->tail.content_end = size - count + ending;
	return out_tail_reopen(&file->tail, size, tail, strlen(tail));
}

static int file_close(struct out *out)
{
	struct out_file *file = (struct out_file *)out;
	int r = 0;

	if (file->with_tail) {
		r = out_tail_finish(&file->tail);
		out_tail_release(&file->tail);
	}
	/* Network file systems tell of a full disk only here. */
	if (close(file->fd) < 0 && errno != EINTR && !r)
		r = errno;
	return r;
}

static void file_free(struct out *out)
{
	alloc_free(out);
}

static int open_failed(struct diag *diag, const char *path, int system_error)
{
	char room[128];

	switch (system_error) {
	case EACCES:
	case EPERM:
	case EROFS:
		return diag_set(diag, ERROR_PERMISSION,
				"Cannot write to \"%s\": permission denied. Name a file in a "
				"folder you may write to.",
				path);
	case ENOENT:
	case ENOTDIR:
		return diag_set(diag, ERROR_IO,
				"Cannot write to \"%s\": its folder does not exist. Make the "
				"folder first, or name another.",
				path);
	case EISDIR:
		return diag_set(diag, ERROR_IO,
				"Cannot write to \"%s\": it is a folder. Name a file in it.", path);
	default:
		return diag_set(diag, ERROR_IO, "Cannot write to \"%s\": %s.", path,
				strerror_r(system_error, room, sizeof(room)));
	}
}

int out_open_file(const char *path, bool append, const struct out_owner *owner,
		  struct out **ret_out, struct diag *diag)
{
	static const struct out_ops regular = {
		.write = file_write,
		.write_with_tail = file_write_with_tail,
		.reopen = file_reopen,
		.close = file_close,
		.free = file_free,
	};
	static const struct out_ops stream = {
		.write = file_write,
		.close = file_close,
		.free = file_free,
	};
	struct out_file *file = alloc_zero(sizeof(*file));
	int r = 0;

	if (!file || !out_init(&file->base, &regular, path)) {
		alloc_free(file);
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	}
	if (owner)
		file->owner = *owner;
	if (append || open_unnamed(file, path) < 0)
		r = open_by_name(file, path, append);
	if (r) {
		alloc_free(file->base.name);
		alloc_free(file);
		return open_failed(diag, path, r);
	}
	if (!file->regular)
		file->base.ops = &stream;
	*ret_out = &file->base;
	return 0;
}
