#define PCRE2_CODE_UNIT_WIDTH 8
#include "detect/service/matcher_pcre.h"
#include "util/alloc.h"
#include "util/error.h"

#include <pcre2.h>
#include <string.h>

#define JIT_STACK_FIRST ((size_t)32 << 10)
#define JIT_STACK_MAX   ((size_t)512 << 10)
/* A pattern this large would become megabytes of machine code. */
#define JIT_CODE_MAX ((size_t)16 << 10)

enum pattern_state {
	PATTERN_NEW,
	PATTERN_INTERPRETED,
	PATTERN_MACHINE_CODE,
	PATTERN_UNUSABLE,
};

struct pattern_machine {
	pcre2_general_context *general;
	pcre2_compile_context *compile;
	pcre2_match_context *match;
	pcre2_match_data *data;
	pcre2_jit_stack *stack; /* made when first needed; NULL: 32K of the thread's */
	unsigned jit_after;
};

static void *give(size_t bytes, void *self)
{
	return alloc_resize(NULL, bytes, 1);
}

static void take(void *memory, void *self)
{
	alloc_free(memory);
}

static bool machine_make(struct pattern_machine *machine)
{
	machine->general = pcre2_general_context_create(give, take, NULL);
	if (!machine->general)
		return false;
	machine->compile = pcre2_compile_context_create(machine->general);
	machine->match = pcre2_match_context_create(machine->general);
	machine->data = pcre2_match_data_create(MATCH_GROUPS, machine->general);
	if (!machine->compile || !machine->match || !machine->data)
		return false;
	pcre2_set_match_limit(machine->match, PATTERN_STEPS_MAX);
	pcre2_set_depth_limit(machine->match, PATTERN_DEPTH_MAX);
	pcre2_set_heap_limit(machine->match, PATTERN_HEAP_KIB);
	return true;
}

struct pattern_machine *pattern_machine_new(void)
{
	struct pattern_machine *machine = alloc_zero(sizeof(*machine));

	if (machine && !machine_make(machine)) {
		pattern_machine_free(machine);
		return NULL;
	}
	if (machine)
		machine->jit_after = PATTERN_RUNS_BEFORE_JIT;
	return machine;
}

void pattern_machine_free(struct pattern_machine *machine)
{
	if (!machine)
		return;
	pcre2_jit_stack_free(machine->stack);
	pcre2_match_data_free(machine->data);
	pcre2_match_context_free(machine->match);
	pcre2_compile_context_free(machine->compile);
	pcre2_general_context_free(machine->general);
	alloc_free(machine);
}

void pattern_machine_jit_after(struct pattern_machine *machine, unsigned runs)
{
	machine->jit_after = runs;
}

void pattern_release(struct pattern *pattern)
{
	pcre2_code_free(pattern->code);
	*pattern = (struct pattern){0};
}

/* Compiling */

static bool matches_nothing(struct pattern_machine *machine, const pcre2_code *code)
{
	uint32_t may = 0;

	pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &may);
	return may &&
	       pcre2_match(code, (PCRE2_SPTR) "", 0, 0, 0, machine->data, machine->match) >= 0;
}

static int refuse(struct pattern *pattern, char *ret_why, size_t bytes, const char *why)
{
	pattern_release(pattern);
	pattern->state = PATTERN_UNUSABLE;
	snprintf(ret_why, bytes, "%s", why);
	return ERROR_SYNTAX;
}

static int refuse_error(struct pattern *pattern, int error, size_t offset, char *ret_why,
			size_t bytes)
{
	char words[160] = "";
	char why[224];

	pcre2_get_error_message(error, (PCRE2_UCHAR *)words, sizeof(words));
	snprintf(why, sizeof(why), "%s, at byte %zu of the pattern", words, offset);
	return refuse(pattern, ret_why, bytes, why);
}

int pattern_compile(struct pattern_machine *machine, const struct match_line *line,
		    struct pattern *pattern, char *ret_why, size_t why_bytes)
{
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
			   (line->caseless ? PCRE2_CASELESS : 0) |
			   (line->dot_all ? PCRE2_DOTALL : 0);
	size_t offset = 0;
	int error = 0;

	if (pattern->state != PATTERN_NEW)
		return pattern->state == PATTERN_UNUSABLE ? ERROR_SYNTAX : 0;
	pattern->code = pcre2_compile(line->pattern, line->pattern_bytes, options, &error, &offset,
				      machine->compile);
	if (!pattern->code)
		return error == PCRE2_ERROR_HEAP_FAILED
			       ? ERROR_MEMORY
			       : refuse_error(pattern, error, offset, ret_why, why_bytes);
	if (matches_nothing(machine, pattern->code))
		return refuse(pattern, ret_why, why_bytes, "the pattern can match nothing at all");
	pattern->state = PATTERN_INTERPRETED;
	return 0;
}

/* Running */

/* To machine code, once, if it is time. The interpreter stays. */
static void consider_jit(struct pattern_machine *machine, struct pattern *pattern)
{
	size_t bytes = 0;

	if (pattern->runs == UINT8_MAX || ++pattern->runs != machine->jit_after)
		return;
	if (pcre2_pattern_info(pattern->code, PCRE2_INFO_SIZE, &bytes) < 0 || bytes > JIT_CODE_MAX)
		return;
	if (pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) < 0)
		return;
	if (!machine->stack) {
		machine->stack =
			pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, machine->general);
		pcre2_jit_stack_assign(machine->match, NULL, machine->stack);
	}
	pattern->state = PATTERN_MACHINE_CODE;
}

static bool machine_code_says_no(struct pattern_machine *machine, const struct pattern *pattern,
				 const uint8_t *subject, size_t bytes)
{
	return pattern->state == PATTERN_MACHINE_CODE &&
	       pcre2_jit_match(pattern->code, subject, bytes, 0, 0, machine->data,
			       machine->match) == PCRE2_ERROR_NOMATCH;
}

static void fill_groups(const struct pattern_machine *machine, size_t count, const uint8_t *subject,
			struct match_group ret_groups[MATCH_GROUPS])
{
	const size_t *offsets = pcre2_get_ovector_pointer(machine->data);
	size_t i;

	for (i = 0; i < MATCH_GROUPS; i++) {
		ret_groups[i] = (struct match_group){0};
		/* With \K in a lookahead the match may end before it starts. */
		if (i < count && offsets[2 * i] != PCRE2_UNSET &&
		    offsets[2 * i] <= offsets[2 * i + 1])
			ret_groups[i] = (struct match_group){subject + offsets[2 * i],
							     offsets[2 * i + 1] - offsets[2 * i]};
	}
}

enum pattern_outcome pattern_run(struct pattern_machine *machine, struct pattern *pattern,
				 const uint8_t *subject, size_t bytes,
				 struct match_group ret_groups[MATCH_GROUPS])
{
	int r;

	consider_jit(machine, pattern);
	if (machine_code_says_no(machine, pattern, subject, bytes))
		return PATTERN_NO;
	r = pcre2_match(pattern->code, subject, bytes, 0, PCRE2_NO_JIT, machine->data,
			machine->match);
	if (r < 0)
		return r == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_LIMIT;
	/* 0: there are more groups than we look at. */
	fill_groups(machine, r ? (size_t)r : MATCH_GROUPS, subject, ret_groups);
	return PATTERN_YES;
}
