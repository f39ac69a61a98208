/* What the tests of reference prints share. */
#ifndef PORTOLAN_TEST_OS_FIXTURE_H
#define PORTOLAN_TEST_OS_FIXTURE_H

#include "support.h"

#include "detect/os/os_db.h"
#include "detect/os/os_print.h"
#include "util/error.h"

#include <string.h>
#include <sys/stat.h>

#define NMAP_OS_DB "/usr/share/nmap/nmap-os-db"

/* All that was said, and how often. */
struct said {
	size_t count;
	char last[DIAG_TEXT_BYTES];
};

static inline void hear(void *self, const char *text)
{
	struct said *said = self;

	said->count++;
	snprintf(said->last, sizeof(said->last), "%s", text);
}

static inline struct os_db *db_of(const char *text)
{
	const struct text_file texts[] = {{"some.fp", text, strlen(text)}};
	struct os_db *db = NULL;
	struct diag diag = {0};

	if (os_db_parse(texts, 1, NULL, NULL, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	return db;
}

static inline struct os_db *nmap_db(void)
{
	struct os_db *db = NULL;
	struct diag diag = {0};
	struct stat info;

	if (stat(NMAP_OS_DB, &info) != 0) {
		print_message("SKIPPED: %s is not there (nmap-common)\n", NMAP_OS_DB);
		skip();
	}
	if (os_db_load(NMAP_OS_DB, NULL, NULL, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	return db;
}

static inline struct os_fingerprint print_of(const char *text)
{
	struct os_fingerprint print = {0};
	struct diag diag = {0};

	if (os_print_parse(text, strlen(text), &print, NULL, NULL, &diag) < 0)
		fail_msg("%s", diag.text);
	return print;
}

#endif
