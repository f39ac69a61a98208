/* How ports are asked: features.md section 3. -s takes letters, and each
 * letter is a row. */
#include "api/packet_words.h"
#include "api/settings.h"
#include "util/error.h"

#include <errno.h>
#include <stdlib.h>

static int set_scan_letters(void *self, const struct option_row *row, const char *value,
			    struct diag *diag)
{
	struct settings *settings = self;
	const char *at;
	int r;

	/* "-s 127.0.0.1": somebody thinks that -s alone is a scan. */
	if (!value[0] || value[0] == '-' || (value[0] >= '0' && value[0] <= '9'))
		return diag_set(
			diag, ERROR_USAGE,
			"-s needs a letter: -sT scans TCP ports by connecting, -sn only looks "
			"which hosts are up, -sL lists the targets");
	for (at = value; *at; at++) {
		char letter[2] = {*at, 0};
		const struct option_row *scan = option_variant(settings->table, 's', letter);

		if (*at == 'B')
			return diag_set(
				diag, ERROR_SYNTAX,
				"there is no scan type B; the bounce scan is -b <ftp server>");
		if (!scan)
			return diag_set(diag, ERROR_USAGE,
					"there is no scan type %c (in -s%.40s); see --help", *at,
					value);
		if ((r = scan->set(self, scan, NULL, diag)) < 0)
			return r;
	}
	return 0;
}

static int ignore_ident(void *self, const struct option_row *row, const char *value,
			struct diag *diag)
{
	settings_warn(self, "Warning: -I is ignored: the ident scan is long gone.");
	return 0;
}

static int set_scan_flags(void *self, const struct option_row *row, const char *value,
			  struct diag *diag)
{
	struct settings *settings = self;
	int r = tcp_flags_parse(value, &settings->scan_flags, diag);

	return r < 0 ? r : set_mark(self, row, value, diag);
}

static bool parse_share(const char *text, char until, int64_t *ret_number, const char **ret_rest)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (*text < '0' || *text > '9' || errno || *end != until || number < 1 ||
	    number > UINT32_MAX)
		return false;
	*ret_number = number;
	*ret_rest = end + (until != 0);
	return true;
}

/* "2/5": the second of five shares. */
static int set_shard(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;
	const char *rest = value;

	if (!parse_share(value, '/', &settings->shard, &rest) ||
	    !parse_share(rest, 0, &settings->shards, &rest) || settings->shard > settings->shards)
		return diag_set(diag, ERROR_SYNTAX,
				"--shard takes a share and how many there are, as in 1/4 to 4/4, "
				"not \"%.80s\"",
				value);
	return set_mark_once(self, row, value, diag);
}

#define SCAN(text, what) .letter = 's', .variant = text, .group = GROUP_SCANS, .help = what

static const struct option_row rows[] = {
	{.letter = 's',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .hidden = true,
	 .value_name = "<letters>",
	 .help = "scan types; see its variants",
	 .set = set_scan_letters},
	{SCAN("T", "TCP ports, by connecting (default without privileges)"), .set = set_mark,
	 .mark = USE_CONNECT},
	{SCAN("S", "TCP ports, by SYN only (the default with privileges)"), .set = set_mark,
	 .mark = USE_SYN},
	{SCAN("A", "which TCP ports are behind a stateful filter, by ACK"), .set = set_mark,
	 .mark = USE_ACK},
	{SCAN("W", "as -sA, and the window of the answer tells open ports"), .set = set_mark,
	 .mark = USE_WINDOW},
	{SCAN("M", "TCP ports, by FIN and ACK"), .set = set_mark, .mark = USE_MAIMON},
	{SCAN("N", "TCP ports, by a segment without flags"), .set = set_mark, .mark = USE_NULL},
	{SCAN("F", "TCP ports, by FIN"), .set = set_mark, .mark = USE_FIN},
	{SCAN("X", "TCP ports, by FIN, PSH and URG"), .set = set_mark, .mark = USE_XMAS},
	{.name = "scanflags",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .value_name = "<flags>",
	 .help = "send these TCP flags: a number or names, such as SYNFIN",
	 .set = set_scan_flags,
	 .mark = USE_SCAN_FLAGS},
	{.name = "sI",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .value_name = "<zombie[:port]>",
	 .help = "TCP ports, through a third host's IP identifiers",
	 .set = set_text_once,
	 .offset = offsetof(struct settings, zombie),
	 .mark = USE_IDLE},
	{.letter = 'b',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .value_name = "<ftp server>",
	 .help = "TCP ports, through an FTP server's PORT command",
	 .set = set_mark,
	 .mark = USE_BOUNCE,
	 .later = "the FTP client"},
	{SCAN("U", "UDP ports"), .set = set_mark, .mark = USE_UDP},
	{SCAN("Y", "SCTP ports, by INIT"), .set = set_mark, .mark = USE_SCTP_INIT},
	{SCAN("Z", "SCTP ports, by COOKIE-ECHO"), .set = set_mark, .mark = USE_SCTP_COOKIE},
	{SCAN("O", "which IP protocols a host speaks"), .set = set_mark, .mark = USE_PROTOCOLS},
	{.letter = 'I',
	 .group = GROUP_SCANS,
	 .hidden = true,
	 .help = "ident scan: long gone, ignored",
	 .set = ignore_ident},
	{.name = "sweep",
	 .group = GROUP_SCANS,
	 .own = true,
	 .help = "stateless pass over very many targets, no hosts looked for",
	 .set = set_mark,
	 .mark = USE_SWEEP},
	{.name = "shard",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .own = true,
	 .value_name = "<i/n>",
	 .help = "do the i-th of n equal shares of a sweep",
	 .set = set_shard,
	 .mark = USE_SHARD},
	{.name = "special-targets",
	 .group = GROUP_SCANS,
	 .own = true,
	 .help = "let a sweep go to private and other special addresses too",
	 .set = set_mark,
	 .mark = USE_SPECIAL},
};

const struct option_table options_scans = {rows, sizeof(rows) / sizeof(rows[0]), &options_ports};
