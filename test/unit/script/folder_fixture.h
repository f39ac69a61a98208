/* A folder for a test, and files in it. */
#ifndef PORTOLAN_TEST_FOLDER_FIXTURE_H
#define PORTOLAN_TEST_FOLDER_FIXTURE_H

#include "support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

/* The path of a name in the folder; good for the next fifteen calls. */
static inline const char *in_folder(const char *name)
{
	static char paths[16][256];
	static unsigned next;
	char *path = paths[next++ % 16];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static inline void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static inline void make_folder(const char *name)
{
	assert_int_equal(mkdir(in_folder(name), 0755), 0);
}

static inline int folder_begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/portolan-scripts-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
	(void)about;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline int folder_end(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
