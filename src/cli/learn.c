/* portolan learn: from the blocks of unrecognised services to draft signatures. */
#include "api/learn.h"
#include "cli/cli.h"
#include "util/error.h"
#include "util/files.h"

#include <stdio.h>
#include <string.h>

#define FOLDER      "learned"
#define INPUT_BYTES ((size_t)16 << 20)

struct learn_options {
	const char *folder;
	const char *file; /* NULL or "-": standard input */
};

/* NULL, or what is wrong. */
static const char *parse(struct learn_options *options, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--output")) {
			if (++i == argc)
				return "--output needs the name of a folder.";
			options->folder = argv[i];
		} else if (argv[i][0] == '-' && argv[i][1]) {
			return "learn knows --output and the name of a file.";
		} else if (options->file) {
			return "learn reads one file; several blocks may be in it.";
		} else {
			options->file = argv[i];
		}
	}
	return NULL;
}

static int read_input(const char *name, struct buf *text, struct diag *diag)
{
	bool piped = !name || !strcmp(name, "-");
	int r = piped ? file_read_rest(stdin, "standard input", INPUT_BYTES, text, diag)
		      : file_read(name, INPUT_BYTES, text, diag);

	if (r == ERROR_LIMIT)
		return diag_set(diag, r, "%.300s is larger than %zu MiB; cut out the blocks",
				piped ? "standard input" : name, INPUT_BYTES >> 20);
	return r;
}

static void print_path(void *self, const char *path)
{
	puts(path);
}

static int learn(int argc, char **argv)
{
	struct learn_options options = {.folder = FOLDER};
	const char *why = parse(&options, argc, argv);
	struct buf text = BUF_INIT;
	struct diag diag = {0};
	size_t blocks = 0;
	int r;

	if (why) {
		fprintf(stderr, "%s\nusage: portolan %s\n", why, subcommand_learn.usage);
		return EXIT_USAGE;
	}
	r = read_input(options.file, &text, &diag);
	if (r == 0)
		r = learn_blocks(&(struct learn_request){.text = buf_str(&text),
							 .bytes = text.len,
							 .folder = options.folder,
							 .wrote = print_path},
				 &blocks, &diag);
	buf_release(&text);
	if (r < 0) {
		cli_complain(&diag, false);
		return EXIT_FATAL;
	}
	printf("%zu draft signature file%s in %s: mend, then tell the project.\n", blocks,
	       blocks == 1 ? "" : "s", options.folder);
	return 0;
}

const struct subcommand subcommand_learn = {
	.name = "learn",
	.usage = "learn [FILE] [--output FOLDER]",
	.help = "samples and draft signatures from the blocks (SF-Port...) of a scan",
	.run = learn,
};
