/* How a look for a host's system ended, as a word for files and people. */
#ifndef PORTOLAN_REPORT_SYSTEM_RESULT_H
#define PORTOLAN_REPORT_SYSTEM_RESULT_H

#include "engine/system.h"

/* "matched", "near", "none", "too-many". */
const char *system_result_name(enum system_result result);
/* -1: none of them. */
int system_result_parse(const char *text);

#endif
