#include "util/alloc.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one exception to "no mutable state": it exists for the tests only, per
 * thread, and costs one predictable branch. */
static __thread long fault_countdown = -1;
static __thread int fault_struck;

void alloc_fault_after(long nth)
{
	fault_countdown = nth;
	fault_struck = 0;
}

int alloc_fault_hit(void)
{
	return fault_struck;
}

static bool fault_now(void)
{
	if (fault_countdown < 0)
		return false;
	if (fault_countdown-- > 0)
		return false;
	fault_struck = 1;
	return true;
}

void *alloc_zero(size_t bytes)
{
	return fault_now() ? NULL : calloc(1, bytes ? bytes : 1);
}

void *alloc_array(size_t count, size_t each_bytes)
{
	if (!count || !each_bytes)
		return alloc_zero(1);
	return fault_now() ? NULL : calloc(count, each_bytes);
}

void *alloc_resize(void *old, size_t count, size_t each_bytes)
{
	size_t bytes;

	if (fault_now() || __builtin_mul_overflow(count, each_bytes, &bytes))
		return NULL;
	return realloc(old, bytes ? bytes : 1);
}

char *alloc_strndup(const char *text, size_t bytes)
{
	size_t length = strnlen(text, bytes);
	char *copy = alloc_zero(length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

char *alloc_strdup(const char *text)
{
	return alloc_strndup(text, strlen(text));
}

char *alloc_printf(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0 || !(text = alloc_zero((size_t)length + 1)))
		return NULL;
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}

void alloc_free(void *memory)
{
	free(memory);
}
