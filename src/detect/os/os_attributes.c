#include "detect/os/os_attributes.h"

#include <string.h>

static const char *const test_names[OS_TESTS] = {
#define TEST_NAME(test) #test,
	OS_TEST_LIST(TEST_NAME)
#undef TEST_NAME
};

static const struct {
	enum os_test test;
	const char *name;
} attributes[OS_ATTRIBUTES] = {
#define ATTRIBUTE_ROW(test, name) {OS_TEST_##test, #name},
	OS_ATTRIBUTE_LIST(ATTRIBUTE_ROW)
#undef ATTRIBUTE_ROW
};

static const unsigned char firsts[OS_TESTS + 1] = {
	OS_SEQ_SP, OS_OPS_O1, OS_WIN_W1, OS_ECN_R, OS_T1_R, OS_T2_R, OS_T3_R,
	OS_T4_R,   OS_T5_R,   OS_T6_R,   OS_T7_R,  OS_U1_R, OS_IE_R, OS_ATTRIBUTES,
};

const char *os_test_name(enum os_test test)
{
	return test_names[test];
}

const char *os_attribute_name(enum os_attribute attribute)
{
	return attributes[attribute].name;
}

enum os_test os_attribute_test(enum os_attribute attribute)
{
	return attributes[attribute].test;
}

int os_test_first(enum os_test test)
{
	return firsts[test];
}

int os_test_end(enum os_test test)
{
	return firsts[test + 1];
}

int os_test_r(enum os_test test)
{
	return test >= OS_TEST_ECN ? firsts[test] : OS_NONE;
}

bool os_attribute_nests(enum os_attribute attribute)
{
	return attributes[attribute].test == OS_TEST_OPS ||
	       strcmp(attributes[attribute].name, "O") == 0;
}

static bool is_named(const char *known, const char *name, size_t bytes)
{
	return strlen(known) == bytes && memcmp(known, name, bytes) == 0;
}

int os_test_find(const char *name, size_t bytes)
{
	int test;

	for (test = 0; test < OS_TESTS; test++)
		if (is_named(test_names[test], name, bytes))
			return test;
	return OS_NONE;
}

int os_attribute_find(enum os_test test, const char *name, size_t bytes)
{
	int attribute;

	for (attribute = firsts[test]; attribute < firsts[test + 1]; attribute++)
		if (is_named(attributes[attribute].name, name, bytes))
			return attribute;
	return OS_NONE;
}
