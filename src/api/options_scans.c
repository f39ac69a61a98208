/* How ports are asked: features.md section 3. -s takes letters, and each
 * letter is a row. */
#include "api/settings.h"
#include "util/error.h"

#define RAW "raw packets"

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

#define SCAN(text, what) .letter = 's', .variant = text, .group = GROUP_SCANS, .help = what

static const struct option_row rows[] = {
	{.letter = 's',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .hidden = true,
	 .value_name = "<letters>",
	 .help = "scan types; see its variants",
	 .set = set_scan_letters},
	{SCAN("T", "TCP ports, by connecting (the default)"), .set = set_mark, .mark = USE_CONNECT},
	{SCAN("S", "TCP ports, by SYN only"), .set = set_mark, .mark = USE_SYN, .later = RAW},
	{SCAN("A", "which TCP ports are behind a stateful filter, by ACK"), .set = set_mark,
	 .mark = USE_ACK, .later = RAW},
	{SCAN("W", "as -sA, and the window of the answer tells open ports"), .set = set_mark,
	 .mark = USE_WINDOW, .later = RAW},
	{SCAN("M", "TCP ports, by FIN and ACK"), .set = set_mark, .mark = USE_MAIMON, .later = RAW},
	{SCAN("N", "TCP ports, by a segment without flags"), .set = set_mark, .mark = USE_NULL,
	 .later = RAW},
	{SCAN("F", "TCP ports, by FIN"), .set = set_mark, .mark = USE_FIN, .later = RAW},
	{SCAN("X", "TCP ports, by FIN, PSH and URG"), .set = set_mark, .mark = USE_XMAS,
	 .later = RAW},
	{.name = "scanflags",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .value_name = "<flags>",
	 .help = "send these TCP flags: a number or names, such as SYNFIN",
	 .set = set_nothing,
	 .later = RAW},
	{.name = "sI",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .value_name = "<zombie[:port]>",
	 .help = "TCP ports, through a third host's IP identifiers",
	 .set = set_mark,
	 .mark = USE_IDLE,
	 .later = RAW},
	{.letter = 'b',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .value_name = "<ftp server>",
	 .help = "TCP ports, through an FTP server's PORT command",
	 .set = set_mark,
	 .mark = USE_BOUNCE,
	 .later = "the FTP client"},
	{SCAN("U", "UDP ports"), .set = set_mark, .mark = USE_UDP, .later = RAW},
	{SCAN("Y", "SCTP ports, by INIT"), .set = set_mark, .mark = USE_SCTP_INIT, .later = RAW},
	{SCAN("Z", "SCTP ports, by COOKIE-ECHO"), .set = set_mark, .mark = USE_SCTP_COOKIE,
	 .later = RAW},
	{SCAN("O", "which IP protocols a host speaks"), .set = set_mark, .mark = USE_PROTOCOLS,
	 .later = RAW},
	{.letter = 'I',
	 .group = GROUP_SCANS,
	 .hidden = true,
	 .help = "ident scan: long gone, ignored",
	 .set = ignore_ident},
	{.name = "sweep",
	 .group = GROUP_SCANS,
	 .own = true,
	 .help = "stateless pass over very many targets",
	 .set = set_nothing,
	 .later = RAW},
	{.name = "shard",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_SCANS,
	 .own = true,
	 .value_name = "<i/n>",
	 .help = "do the i-th of n equal shares of the scan",
	 .set = set_nothing,
	 .later = "the sweep engine"},
};

const struct option_table options_scans = {rows, sizeof(rows) / sizeof(rows[0]), &options_ports};
