/* The one list of errors. Functions that can fail return 0 or one of these;
 * a function that parses what a user wrote also fills a struct diag. */
#ifndef PORTOLAN_UTIL_ERROR_H
#define PORTOLAN_UTIL_ERROR_H

/*        name         value  text */
#define ERROR_LIST(X)                            \
	X(MEMORY, -1, "out of memory")           \
	X(SYNTAX, -2, "not understood")          \
	X(USAGE, -3, "wrong usage")              \
	X(RANGE, -4, "value out of range")       \
	X(NOT_FOUND, -5, "not found")            \
	X(IO, -6, "input/output error")          \
	X(PERMISSION, -7, "permission denied")   \
	X(TIMED_OUT, -8, "timed out")            \
	X(CANCELLED, -9, "cancelled")            \
	X(UNSUPPORTED, -10, "not supported yet") \
	X(LIMIT, -11, "limit reached")           \
	X(CORRUPT, -12, "damaged data")          \
	X(BUSY, -13, "busy")                     \
	X(EXISTS, -14, "already there")          \
	X(EXCLUDED, -15, "excluded by the user") \
	X(SYSTEM, -16, "the system refused")     \
	X(CONFLICT, -17, "asked for things that exclude each other")

enum error_code {
#define ERROR_ENUM(name, value, text) ERROR_##name = (value),
	ERROR_LIST(ERROR_ENUM)
#undef ERROR_ENUM
};

/* The text of an ERROR_* value; "success" for 0. Never NULL, static. */
const char *error_text(int error);

#endif
