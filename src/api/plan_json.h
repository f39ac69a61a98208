/* The fields of a plan that are plain values, as one table: plan_to_json()
 * and plan_from_json() both go by it, so what one writes the other reads. */
#ifndef PORTOLAN_API_PLAN_JSON_H
#define PORTOLAN_API_PLAN_JSON_H

#include "engine/plan.h"

#define PLAN_JSON_VERSION 1

enum plan_field_kind {
	FIELD_BOOL,     /* bool */
	FIELD_INT,      /* int */
	FIELD_UNSIGNED, /* unsigned */
	FIELD_U64,      /* uint64_t, up to INT64_MAX */
	FIELD_DOUBLE,   /* double */
	FIELD_TEXT,     /* const char *, may be NULL */
	FIELD_TEXTS,    /* const char ** and, at offset_count, size_t */
};

struct plan_field {
	const char *section; /* the object it stands in; NULL: the top */
	const char *name;
	enum plan_field_kind kind;
	size_t offset, offset_count;
	double minimum, maximum; /* numbers */
};

extern const struct plan_field plan_fields[];
extern const size_t plan_fields_count;

#endif
