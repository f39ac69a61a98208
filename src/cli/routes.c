/* --iflist, --route-dst and --explain-route: the machine's network, printed. */
#include "api/routes.h"
#include "api/version.h"
#include "cli/cli.h"
#include "report/format/words.h"
#include "util/error.h"
#include <portolan_config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void add_start_line(const char *title, struct buf *out)
{
	buf_addf(out, "Starting %s %s ( %s ) at ", title, version_of_title(title), PORTOLAN_URL);
	words_add_time(out, "%Y-%m-%d %H:%M %z", (int64_t)time(NULL));
	buf_add_char(out, '\n');
}

static int finish(struct buf *out, int r, const struct diag *diag)
{
	if (r == 0)
		return cli_print(out, 0);
	buf_release(out);
	cli_complain(diag, true);
	return EXIT_FATAL;
}

int cli_interfaces(const char *title)
{
	struct buf out = BUF_INIT;
	struct diag diag = {0};
	int r;

	add_start_line(title, &out);
	r = routes_list(&out, &diag);
	return finish(&out, r, &diag);
}

int cli_ways(const struct plan *plan, const char *title)
{
	struct buf out = BUF_INIT;
	struct diag diag = {0};
	int r;

	add_start_line(title, &out);
	r = routes_print_ways(plan, &out, &diag);
	return finish(&out, r, &diag);
}

static int write_all(void *self, const void *text, size_t bytes)
{
	struct diag *diag = self;

	if (fwrite(text, 1, bytes, stdout) == bytes && fflush(stdout) == 0)
		return 0;
	return diag_set(diag, ERROR_IO, "cannot write to standard output: %s",
			strerrordesc_np(errno));
}

static void warn(void *self, const char *text)
{
	fprintf(stderr, "%s\n", text);
}

int cli_explain_routes(const struct plan *plan)
{
	struct diag diag = {0};
	const struct routes_sink sink = {.write = write_all, .warn = warn, .self = &diag};

	if (routes_explain(plan, &sink, &diag) == 0)
		return 0;
	cli_complain(&diag, true);
	return EXIT_FATAL;
}
