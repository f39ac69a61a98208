/* The expressions of a run in order, command line first, then the -iL files,
 * one after another. Knows where words come from, not what they mean. */
#ifndef PORTOLAN_ENGINE_TARGET_INPUT_H
#define PORTOLAN_ENGINE_TARGET_INPUT_H

#include "engine/target.h"
#include "engine/target_reader.h"

struct target_input {
	const struct target_config *config;
	size_t next_expression, next_file;
	struct target_reader **readers; /* one a file; NULL when read to its end */
};

/* Opens all files, so that one that can't be opened is told of before the scan
 * begins. Errors of target_reader_open(). */
int target_input_open(struct target_input *input, const struct target_config *config,
		      struct diag *diag);
void target_input_close(struct target_input *input);

/* As target_reader_next(); ret_from_file tells which grammar applies. */
enum target_read target_input_next(struct target_input *input, bool wait, const char **ret_word,
				   bool *ret_from_file, struct diag *diag);
/* The descriptor to watch after TARGET_READ_LATER. */
int target_input_fd(const struct target_input *input);

#endif
