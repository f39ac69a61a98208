/* The checks of data/services/ (tools/check-services): what every signature
 * must keep to, and what every sample must come out as. */
#ifndef PORTOLAN_TEST_SIGNATURES_H
#define PORTOLAN_TEST_SIGNATURES_H

#include "detect/service/matcher.h"
#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define EXPECT_MAX 16 /* CPEs, and `also` lines, of a sample */

/* One run of the checks. */
struct signatures {
	const char *folder; /* data/services */
	struct probe_db *db;
	struct matcher *matcher;
	char **only; /* protocols to speak of; none: all */
	int only_count;
	size_t problems;
	bool *seen; /* by match line: a sample is recognised by it */
};

/* Says a problem of `file` (its name or path; line 0: none), and counts it, if the
 * file's protocol is asked for. */
void problem(struct signatures *all, const char *file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The whole file, NUL-terminated, into an empty buffer; false when it cannot be read. */
bool read_file(const char *path, struct buf *ret_bytes);

/* Every pattern and template of the database. */
void check_lines(struct signatures *all);
/* A pattern on its own: what is wrong with how it is built, or NULL. */
const char *pattern_fault(const char *pattern, size_t bytes, bool anchored, bool dot_all);
/* Texts that make a bad pattern go back and forth: the `which`th, from 0 on, into an empty
 * buffer; false after the last. */
bool pattern_torment(const char *pattern, size_t bytes, size_t which, struct buf *ret_text);

/* A sample and what must come out of it. */
struct sample {
	char path[512];            /* of the .expect file */
	struct buf response, text; /* text: the .expect file, which the others point into */
	const struct service_probe *probe;
	const char *service, *source, *how;
	const char *finding; /* NULL: none */
	bool soft;
	const char *fields[MATCH_FIELDS]; /* but for CPEs, which are in `cpe` */
	const char *cpe[EXPECT_MAX];
	size_t cpe_count;
	const char *also[EXPECT_MAX]; /* services whose lines may match as well */
	size_t also_count;
};

/* Reads FOLDER/samples/PROTOCOL/NAME.expect and its .bin. False after problems were told. */
bool sample_read(struct signatures *all, const char *path, struct sample *ret_sample);
void sample_release(struct sample *sample);
/* Against its own probe, and against every line of its transport. */
void check_sample(struct signatures *all, const struct sample *sample);
/* Prints what a response is taken for, as a .expect file. */
void print_expect(struct signatures *all, const struct service_probe *probe,
		  const struct buf *response);

#endif
