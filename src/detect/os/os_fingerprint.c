#include "detect/os/os_fingerprint.h"

#include <string.h>

const char *os_fingerprint_get(const struct os_fingerprint *print, int attribute)
{
	return print->begins[attribute] ? print->text + print->begins[attribute] : NULL;
}

static bool is_value(const char *value, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		if (value[i] <= ' ' || value[i] > '~' || strchr("%()=", value[i]))
			return false;
	return bytes <= OS_VALUE_MAX;
}

bool os_fingerprint_set(struct os_fingerprint *print, int attribute, const char *value,
			size_t bytes)
{
	size_t begin = print->used_bytes ? print->used_bytes : 1;

	if (!is_value(value, bytes) || begin + bytes + 1 > sizeof(print->text))
		return false;
	if (bytes)
		memcpy(print->text + begin, value, bytes);
	print->text[begin + bytes] = '\0';
	print->begins[attribute] = (uint16_t)begin;
	print->used_bytes = (uint16_t)(begin + bytes + 1);
	return true;
}

bool os_fingerprint_has(const struct os_fingerprint *print, enum os_test test)
{
	int attribute;

	for (attribute = os_test_first(test); attribute < os_test_end(test); attribute++)
		if (print->begins[attribute])
			return true;
	return false;
}

int os_fingerprint_compare(const struct os_fingerprint *a, const struct os_fingerprint *b,
			   enum os_test test)
{
	int attribute, order = 0;

	for (attribute = os_test_first(test); order == 0 && attribute < os_test_end(test);
	     attribute++) {
		const char *left = os_fingerprint_get(a, attribute);
		const char *right = os_fingerprint_get(b, attribute);

		order = left && right ? strcmp(left, right) : (left != NULL) - (right != NULL);
	}
	return order;
}
