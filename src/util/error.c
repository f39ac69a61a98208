#include "util/error.h"

const char *error_text(int error)
{
	switch (error) {
	case 0:
		return "success";
#define ERROR_CASE(name, value, text) \
	case value:                   \
		return text;
		ERROR_LIST(ERROR_CASE)
#undef ERROR_CASE
	default:
		return "unknown error";
	}
}
