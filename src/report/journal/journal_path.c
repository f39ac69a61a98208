#include "report/journal/journal_path.h"

#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_BELOW_STATE "portolan/journal.db"
#define PASSWD_BYTES        16384

/* The home of a user; NULL when there is none. alloc_free(). */
static char *home_of(uid_t uid)
{
	char *names = alloc_zero(PASSWD_BYTES), *home = NULL;
	struct passwd entry, *found = NULL;

	if (names && !getpwuid_r(uid, &entry, names, PASSWD_BYTES, &found) && found &&
	    found->pw_dir && found->pw_dir[0] == '/')
		home = alloc_strdup(found->pw_dir);
	alloc_free(names);
	return home;
}

/* Who typed sudo; false when nobody did (or the variable is nonsense). */
static bool sudo_user(uid_t *ret_uid)
{
	const char *text = getenv("SUDO_UID");
	char *end = NULL;
	unsigned long uid;

	if (geteuid() != 0 || !text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	uid = strtoul(text, &end, 10);
	if (errno || *end || uid > UINT32_MAX - 1)
		return false;
	*ret_uid = (uid_t)uid;
	return true;
}

char *journal_default_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *found = NULL, *path = NULL;
	uid_t uid;

	/* The XDG specification: a relative path is invalid and is ignored. */
	if (state && state[0] == '/')
		return alloc_printf("%s/" JOURNAL_BELOW_STATE, state);
	if (sudo_user(&uid))
		found = home_of(uid);
	else if (home && home[0] == '/')
		found = alloc_strdup(home);
	else
		found = home_of(geteuid());
	if (found)
		path = alloc_printf("%s/.local/state/" JOURNAL_BELOW_STATE, found);
	alloc_free(found);
	return path;
}

static int path_error(const char *path, const char *doing, struct diag *diag)
{
	int why = errno;
	char words[128];

	return diag_set(diag,
			why == EACCES || why == EPERM || why == EROFS ? ERROR_PERMISSION : ERROR_IO,
			"Cannot %s %s: %s. --journal FILE puts the journal elsewhere, --no-journal "
			"does without",
			doing, path, strerror_r(why, words, sizeof(words)));
}

/* Makes each missing folder of path in turn; path is put back as it was. */
static int make_folders(char *path, const struct out_owner *owner, struct diag *diag)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r = 0;

		*slash = '\0';
		if (!mkdir(path, 0700)) {
			/* Not followed: the folder above may be a stranger's to change. */
			if (owner->set && lchown(path, owner->uid, owner->gid))
				r = path_error(path, "give away the folder", diag);
		} else if (errno != EEXIST && access(path, F_OK)) {
			r = path_error(path, "make the folder", diag);
		}
		*slash = '/';
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_file(const char *path, const struct out_owner *owner, struct diag *diag)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat info;
	int r = 0;

	if (fd >= 0) {
		if (owner->set && fchown(fd, owner->uid, owner->gid))
			r = path_error(path, "give away", diag);
		close(fd);
		return r;
	}
	if (errno != EEXIST)
		return path_error(path, "create the journal", diag);
	/* A pipe or a device would hang or hurt; root under sudo follows nobody's link. */
	if ((owner->set ? lstat : stat)(path, &info))
		return path_error(path, "look at the journal", diag);
	if (!S_ISREG(info.st_mode))
		return diag_set(diag, ERROR_IO, "The journal %s is not a regular file", path);
	return 0;
}

int journal_path_prepare(const char *path, const struct out_owner *owner, struct diag *diag)
{
	char *copy;
	int r;

	if (!*path)
		return diag_set(diag, ERROR_USAGE, "The journal's file name is empty");
	if (!(copy = alloc_strdup(path)))
		return ERROR_MEMORY;
	r = make_folders(copy, owner, diag);
	alloc_free(copy);
	return r < 0 ? r : make_file(path, owner, diag);
}
