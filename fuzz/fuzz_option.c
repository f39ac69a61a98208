/* Command lines: arguments parted by line ends. */
#include "util/option.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static int accept(void *settings, const struct option_row *row, const char *value,
		  struct diag *diag)
{
	return 0;
}

static int accept_operand(void *settings, const char *text, struct diag *diag)
{
	return 0;
}

static const struct option_row rows[] = {
	{.name = "max-retries", .value = OPTION_REQUIRED, .set = accept},
	{.name = "max-rate", .value = OPTION_REQUIRED, .set = accept},
	{.name = "verbose", .letter = 'v', .value = OPTION_OPTIONAL, .set = accept},
	{.name = "oN", .value = OPTION_REQUIRED, .set = accept},
	{.name = "open", .set = accept},
	{.name = "no-journal", .own = true, .set = accept},
	{.name = "later", .later = "something"},
	{.letter = 'o', .value = OPTION_REQUIRED, .set = accept},
	{.letter = 'n', .set = accept},
};

static const struct option_table table = {rows, sizeof(rows) / sizeof(rows[0]), NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char text[2048], *argv[65] = {text};
	const char *order[65];
	struct diag diag;
	int argc = 1;
	size_t i;

	if (bytes >= sizeof(text))
		return 0;
	text[0] = 0; /* stands in for the program's name */
	for (i = 0; i < bytes; i++)
		text[i] = data[i] == '\n' ? 0 : (char)data[i];
	text[bytes] = 0;
	for (i = 0; i < bytes && argc < 64; i++)
		if (!i || !text[i - 1])
			argv[argc++] = text + i;
	option_parse(&table, argc, argv, NULL, accept_operand, order, &diag);
	return 0;
}
