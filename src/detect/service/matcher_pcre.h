/* The patterns of match lines as PCRE2 runs them: in bytes, with flags i and s, within
 * limits. Knows patterns and subjects; which lines there are and what they mean is the matcher's.
 *
 * The limits (formats.md 6.2) are those of PCRE2's interpreter, and machine code counts
 * otherwise. So machine code only says no, which no limit can change; every yes, and
 * whatever machine code gave up on, is decided by the interpreter. Where memory cannot
 * be made executable (SELinux, seccomp, MDWE) the interpreter does it all. */
#ifndef PORTOLAN_DETECT_SERVICE_MATCHER_PCRE_H
#define PORTOLAN_DETECT_SERVICE_MATCHER_PCRE_H

#include "detect/service/probes.h"
#include "detect/service/template.h"

#define PATTERN_STEPS_MAX 50000
#define PATTERN_DEPTH_MAX 1000
#define PATTERN_HEAP_KIB  10240

/* What running patterns needs, for one thread: at most the heap's limit, which a hard pattern
 * may leave allocated, and half a megabyte of stack for machine code. */
struct pattern_machine;

/* One pattern; all zero before it is compiled. */
struct pattern {
	struct pcre2_real_code_8 *code;
	uint8_t state; /* matcher_pcre.c's */
	uint8_t runs;  /* until it is worth machine code */
};

enum pattern_outcome {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_LIMIT, /* gave up: counts as no */
};

struct pattern_machine *pattern_machine_new(void); /* NULL: memory */
void pattern_machine_free(struct pattern_machine *machine);
/* Machine code from the `runs`th run on; 0: never. It is PATTERN_RUNS_BEFORE_JIT at first. */
#define PATTERN_RUNS_BEFORE_JIT 3
void pattern_machine_jit_after(struct pattern_machine *machine, unsigned runs);

/* Compiles the line's pattern, if it is not yet. ERROR_SYNTAX with the reason (once; later calls
 * give the code and leave ret_why alone): it is wrong, or can match nothing at all, which
 * would be every response. ERROR_MEMORY: may be tried again. */
int pattern_compile(struct pattern_machine *machine, const struct match_line *line,
		    struct pattern *pattern, char *ret_why, size_t why_bytes);
void pattern_release(struct pattern *pattern);

/* Runs a compiled pattern. With PATTERN_YES, groups are filled in and point into the subject. */
enum pattern_outcome pattern_run(struct pattern_machine *machine, struct pattern *pattern,
				 const uint8_t *subject, size_t bytes,
				 struct match_group ret_groups[MATCH_GROUPS]);

#endif
