/* portolan print: the manual page and shell completions, from the option
 * table. The build installs what this prints. */
#include "api/options.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static bool is_shell(const char *name)
{
	return !strcmp(name, "bash") || !strcmp(name, "zsh") || !strcmp(name, "fish");
}

static int print(int argc, char **argv)
{
	struct buf out = BUF_INIT;

	if (argc == 2 && !strcmp(argv[1], "man")) {
		options_print_man(&out);
	} else if (argc == 2 && is_shell(argv[1])) {
		options_print_completion(argv[1], &out);
	} else {
		fprintf(stderr, "usage: portolan %s\n", subcommand_print.usage);
		return EXIT_USAGE;
	}
	return cli_print(&out, 0);
}

const struct subcommand subcommand_print = {
	.name = "print",
	.usage = "print man|bash|zsh|fish",
	.help = "the manual page or a shell's completion file",
	.run = print,
};
