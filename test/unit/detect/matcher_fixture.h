/* A database from a text, its matcher, and what was warned of. Included by each test
 * program; not a library. */
#ifndef PORTOLAN_TEST_MATCHER_FIXTURE_H
#define PORTOLAN_TEST_MATCHER_FIXTURE_H

#include "support.h"

#include "detect/service/matcher.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct fixture {
	struct probe_db *db;
	struct matcher *matcher;
	struct match_result result;
	size_t warnings;
	char warning[640]; /* the last */
};

static inline void fixture_warned(void *self, const char *text)
{
	struct fixture *fixture = self;

	fixture->warnings++;
	snprintf(fixture->warning, sizeof(fixture->warning), "%s", text);
}

static inline void fixture_close(struct fixture *fixture)
{
	matcher_free(fixture->matcher);
	probe_db_free(fixture->db);
	*fixture = (struct fixture){0};
}

static inline void fixture_open(struct fixture *fixture, enum probe_manner manner, const char *text)
{
	struct text_file one = {"test.probe", text, strlen(text)};
	struct diag diag = {0};

	fixture_close(fixture);
	if (probe_db_parse(&one, 1, manner, &fixture->db, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(matcher_new(fixture->db, fixture_warned, fixture, &fixture->matcher), 0);
}

static inline const struct service_probe *fixture_probe(const struct fixture *fixture,
							const char *name)
{
	const struct service_probe *probe = probe_db_find(fixture->db, TRANSPORT_TCP, name);

	if (!probe)
		probe = probe_db_find(fixture->db, TRANSPORT_UDP, name);
	assert_non_null(probe);
	return probe;
}

/* The service of what matched, or "-". */
static inline const char *fixture_match(struct fixture *fixture, const char *probe,
					const char *response, bool hard_only)
{
	bool matched = matcher_match(fixture->matcher, fixture_probe(fixture, probe),
				     (const uint8_t *)response, strlen(response), hard_only,
				     &fixture->result);

	assert_true(matched == (fixture->result.line != NULL));
	return matched ? fixture->result.line->service : "-";
}

/* A field, "" for none. */
static inline const char *fixture_field(const struct fixture *fixture, enum match_field field)
{
	return fixture->result.fields[field] ? fixture->result.fields[field] : "";
}

#endif
