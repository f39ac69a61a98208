/* The 13 tests of a TCP/IP fingerprint and their attributes, in the order in
 * which they are printed (os-detection.md A5, formats.md 8). Names only. */
#ifndef PORTOLAN_DETECT_OS_OS_ATTRIBUTES_H
#define PORTOLAN_DETECT_OS_OS_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format 14 changes these lists anew each time. */
/* clang-format off */
#define OS_TEST_LIST(X) \
	X(SEQ) X(OPS) X(WIN) X(ECN) X(T1) X(T2) X(T3) X(T4) X(T5) X(T6) X(T7) X(U1) X(IE)

#define OS_ATTRIBUTES_TCP(X, test) \
	X(test, R) X(test, DF) X(test, T) X(test, TG) X(test, W) X(test, S) X(test, A) \
	X(test, F) X(test, O) X(test, RD) X(test, Q)

/* X(test, attribute) */
#define OS_ATTRIBUTE_LIST(X) \
	X(SEQ, SP) X(SEQ, GCD) X(SEQ, ISR) X(SEQ, TI) X(SEQ, CI) X(SEQ, II) X(SEQ, SS) X(SEQ, TS) \
	X(OPS, O1) X(OPS, O2) X(OPS, O3) X(OPS, O4) X(OPS, O5) X(OPS, O6) \
	X(WIN, W1) X(WIN, W2) X(WIN, W3) X(WIN, W4) X(WIN, W5) X(WIN, W6) \
	X(ECN, R) X(ECN, DF) X(ECN, T) X(ECN, TG) X(ECN, W) X(ECN, O) X(ECN, CC) X(ECN, Q) \
	X(T1, R) X(T1, DF) X(T1, T) X(T1, TG) X(T1, S) X(T1, A) X(T1, F) X(T1, RD) X(T1, Q) \
	OS_ATTRIBUTES_TCP(X, T2) OS_ATTRIBUTES_TCP(X, T3) OS_ATTRIBUTES_TCP(X, T4) \
	OS_ATTRIBUTES_TCP(X, T5) OS_ATTRIBUTES_TCP(X, T6) OS_ATTRIBUTES_TCP(X, T7) \
	X(U1, R) X(U1, DF) X(U1, T) X(U1, TG) X(U1, IPL) X(U1, UN) X(U1, RIPL) X(U1, RID) \
	X(U1, RIPCK) X(U1, RUCK) X(U1, RUD) \
	X(IE, R) X(IE, DFI) X(IE, T) X(IE, TG) X(IE, CD)
/* clang-format on */

enum os_test {
#define OS_TEST_ENUM(test) OS_TEST_##test,
	OS_TEST_LIST(OS_TEST_ENUM)
#undef OS_TEST_ENUM
		OS_TESTS
};

/* OS_SEQ_SP ... OS_IE_CD */
enum os_attribute {
#define OS_ATTRIBUTE_ENUM(test, name) OS_##test##_##name,
	OS_ATTRIBUTE_LIST(OS_ATTRIBUTE_ENUM)
#undef OS_ATTRIBUTE_ENUM
		OS_ATTRIBUTES
};

#define OS_NONE           (-1)
#define OS_TEST_FIELD_MAX 11u /* attributes of one test */

const char *os_test_name(enum os_test test);
const char *os_attribute_name(enum os_attribute attribute);
enum os_test os_attribute_test(enum os_attribute attribute);
/* The test's attributes are [first, end). */
int os_test_first(enum os_test test);
int os_test_end(enum os_test test);
/* Its attribute R, or OS_NONE: SEQ, OPS and WIN have none. */
int os_test_r(enum os_test test);
/* May its expressions hold numbers in brackets (formats.md 8.1)? */
bool os_attribute_nests(enum os_attribute attribute);

/* By name, not terminated; OS_NONE: unknown. */
int os_test_find(const char *name, size_t bytes);
int os_attribute_find(enum os_test test, const char *name, size_t bytes);

#endif
