#include "engine/target_input.h"

#include "util/alloc.h"
#include "util/error.h"

int target_input_open(struct target_input *input, const struct target_config *config,
		      struct diag *diag)
{
	size_t i;
	int r;

	*input = (struct target_input){.config = config};
	input->readers = alloc_array(config->input_files_count, sizeof(struct target_reader *));
	if (!input->readers)
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	for (i = 0; i < config->input_files_count; i++) {
		r = target_reader_open(config->input_files[i], &input->readers[i], diag);
		if (r < 0) {
			target_input_close(input);
			return r;
		}
	}
	return 0;
}

void target_input_close(struct target_input *input)
{
	size_t i;

	if (!input->readers)
		return;
	for (i = 0; i < input->config->input_files_count; i++)
		target_reader_close(input->readers[i]);
	alloc_free(input->readers);
	input->readers = NULL;
}

enum target_read target_input_next(struct target_input *input, bool wait, const char **ret_word,
				   bool *ret_from_file, struct diag *diag)
{
	const struct target_config *config = input->config;

	*ret_from_file = false;
	if (input->next_expression < config->expressions_count) {
		*ret_word = config->expressions[input->next_expression++];
		return TARGET_READ_WORD;
	}
	*ret_from_file = true;
	for (; input->next_file < config->input_files_count; input->next_file++) {
		struct target_reader **reader = &input->readers[input->next_file];
		enum target_read got = target_reader_next(*reader, wait, ret_word, diag);

		if (got != TARGET_READ_END)
			return got;
		target_reader_close(*reader);
		*reader = NULL;
	}
	return TARGET_READ_END;
}

int target_input_fd(const struct target_input *input)
{
	return target_reader_fd(input->readers[input->next_file]);
}
