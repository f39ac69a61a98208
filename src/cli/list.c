/* portolan list: the scans that the journal keeps. */
#include "cli/cli.h"
#include "report/journal/journal.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int add_scan(void *self, const struct journal_scan *scan)
{
	struct buf *out = self;
	time_t start = (time_t)scan->start_s;
	char when[32] = "?";
	struct tm local;

	if (localtime_r(&start, &local))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &local);
	buf_addf(out, "%5" PRId64 "  %s  %-18s %6" PRIu64 " %6" PRIu64 " %6" PRIu64 "  ", scan->id,
		 when, scan->outcome, scan->hosts_total, scan->hosts_up, scan->open_ports);
	text_add_safe(out, scan->command_line, strlen(scan->command_line));
	buf_add_char(out, '\n');
	return 0;
}

static int list_all(const char *path, struct buf *out, struct diag *diag)
{
	struct journal *journal = NULL;
	int r = journal_open(path, &journal, diag);

	if (r < 0)
		return r;
	buf_addf(out, "%5s  %-19s  %-18s %6s %6s %6s  %s\n", "ID", "STARTED", "OUTCOME", "HOSTS",
		 "UP", "OPEN", "COMMAND");
	r = journal_list(journal, add_scan, out, diag);
	journal_close(journal);
	return r;
}

static int list(int argc, char **argv)
{
	struct buf out = BUF_INIT;
	struct diag diag = {0};
	bool named = argc == 3 && !strcmp(argv[1], "--journal");

	if (argc != 1 && !named) {
		fprintf(stderr, "usage: portolan %s\n", subcommand_list.usage);
		return EXIT_USAGE;
	}
	if (list_all(named ? argv[2] : NULL, &out, &diag) < 0) {
		buf_release(&out);
		cli_complain(&diag, false);
		return EXIT_FATAL;
	}
	return cli_print(&out, 0);
}

const struct subcommand subcommand_list = {
	.name = "list",
	.usage = "list [--journal FILE]",
	.help = "the scans kept in the journal, newest first",
	.run = list,
};
