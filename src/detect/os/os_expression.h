/* The value expressions of a reference file (formats.md 8.1): alternatives
 * split by |, each a literal, <hex, >hex or lo-hi, and for TCP options
 * numbers in brackets, as in M[>500]ST11NW[1-5]. Knows texts only. */
#ifndef PORTOLAN_DETECT_OS_OS_EXPRESSION_H
#define PORTOLAN_DETECT_OS_OS_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

/* Does an observed value satisfy the expression? `nests`: brackets count
 * (os_attribute_nests()). Numbers are upper-case hex of any length. Any two
 * texts can be given: what is malformed is equal to itself at most. */
bool os_expression_matches(const char *expression, const char *value, bool nests);

/* The same as Nmap 7.93 has it (seen with its binary, November 2026): a literal that another
 * alternative follows needs only be the value's beginning, so that "|A" matches all, but a number
 * that a range follows is overlooked: "5|7-9" does not match 5. It knows no brackets. */
bool os_expression_matches_793(const char *expression, const char *value);

/* What is wrong with an expression (not terminated), in words; NULL: nothing. */
const char *os_expression_fault(const char *expression, size_t bytes, bool nests);

#endif
