/* The fields of a plan that are plain values, as one table: plan_to_json()
 * and plan_from_json() both go by it, so what one writes the other reads. */
#ifndef PORTOLAN_API_PLAN_JSON_H
#define PORTOLAN_API_PLAN_JSON_H

#include "engine/plan.h"

#include <jansson.h>

#define PLAN_JSON_VERSION 1

enum plan_field_kind {
	FIELD_BOOL,     /* bool */
	FIELD_INT,      /* int */
	FIELD_UNSIGNED, /* unsigned */
	FIELD_U8,       /* uint8_t */
	FIELD_U16,      /* uint16_t */
	FIELD_SIZE,     /* size_t */
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

/* A plan that is being read. */
struct json_reader {
	struct plan *plan;
	json_t *root;
	struct diag *diag;
};

/* ERROR_SYNTAX: "plan: <path> must be <wanted>". */
int plan_json_wrong(struct json_reader *reader, const char *path, const char *wanted);
/* null is IP_NONE. NULL: memory. */
json_t *plan_json_address(const struct ip_addr *addr);
/* null and nothing leave *ret_addr as it is. */
int plan_json_read_address(struct json_reader *reader, const char *path, const json_t *value,
			   struct ip_addr *ret_addr);

/* plan_json_packets.c: what the table cannot say of raw packets. The objects
 * "packets", "discovery" and "idle" are there already. False: memory. */
bool plan_json_add_packets(const struct plan *plan, json_t *root);
/* Techniques are read already. */
int plan_json_read_packets(struct json_reader *reader);

#endif
