/* The manual page, in man(7) macros. */
#include "api/options_print.h"

#include <portolan_config.h>
#include <string.h>

/* Text for roff: '-' is a minus sign (what is typed must be what is shown),
 * a backslash is itself, and a line must not begin with a control character. */
static void add_text(struct buf *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		buf_add_str(out, "\\&");
	for (; *text; text++) {
		if (*text == '-')
			buf_add_str(out, "\\-");
		else if (*text == '\\')
			buf_add_str(out, "\\e");
		else
			buf_add_char(out, *text);
	}
}

static void print_row(const struct option_row *row, struct buf *out)
{
	char synopsis[OPTION_SYNOPSIS_BYTES];

	option_synopsis(row, synopsis);
	buf_add_str(out, ".TP\n.B \"");
	add_text(out, synopsis);
	buf_add_str(out, "\"\n");
	add_text(out, row->help);
	buf_add_str(out, ".\n");
	if (row->later) {
		buf_add_str(out, "Comes with\n");
		add_text(out, row->later);
		buf_add_str(out, "\nin a later version; refused until then.\n");
	}
}

static void print_groups(struct buf *out)
{
	const char *heading;
	unsigned group;

	for (group = 0; (heading = portolan_option_group(group)); group++) {
		struct option_walk walk = {portolan_options(), 0};
		const struct option_row *row;

		buf_addf(out, ".SS \"%s\"\n", heading);
		while ((row = option_next(&walk)))
			if (option_is_shown(row, group))
				print_row(row, out);
	}
}

static const char opening[] =
	".SH NAME\n"
	"portolan \\- find hosts and their open ports\n"
	".SH SYNOPSIS\n"
	".B portolan\n"
	".RI [ options ]\n"
	".IR target \" ...\"\n"
	".br\n"
	".B portolan list\n"
	".br\n"
	".B portolan show\n"
	".RI [ id ]\n"
	".br\n"
	".B portolan learn\n"
	".RI [ file ]\n"
	".RB [ \\-\\-output\n"
	".IR folder ]\n"
	".SH DESCRIPTION\n"
	"A portolan is a sailor's chart that names the ports.\n"
	"This program charts networks: which hosts are there and which ports answer.\n"
	"It takes the options of nmap and writes its formats.\n"
	".PP\n"
	"A target is a name, an address, a net (192.0.2.0/24, 2001:db8::/120) or ranges\n"
	"(192.0.2\\-3.1\\-254).\n"
	"Options and targets may be mixed.\n"
	"A long option may be written with one or two dashes,\n"
	"its value behind \"=\" or as the next argument,\n"
	"and may be cut short while it stays clear which one is meant.\n"
	"Times are numbers with ms, s, m or h behind; seconds if there is nothing.\n"
	".PP\n"
	"Every scan is kept in a journal.\n"
	".B portolan list\n"
	"lists them,\n"
	".B portolan show\n"
	"prints one again in any format;\n"
	".B portolan show \\-\\-explain\n"
	"says what was known of each port and what it rests on.\n"
	".B portolan learn\n"
	"reads the blocks that a scan prints of services it did not recognise (SF\\-Port...),\n"
	"one or several, from a file or standard input,\n"
	"and writes the responses as samples and a draft signature of each\n"
	"into a folder (learned), where it overwrites nothing.\n"
	".SH OPTIONS\n";

static const char closing[] =
	".SH NETWORKS THAT LIE\n"
	"Some hosts, or what stands before them, answer for every TCP port:\n"
	"SYN proxies, tarpits, traps, firewalls that reset.\n"
	"Where more than 50 ports of a host are open, or four fifths of at least 20,\n"
	"or where its resets came another number of hops than its other answers,\n"
	"\\-sS and \\-sT ask five more ports, at random from 10000 up.\n"
	"If they answer as the others do, a note says so.\n"
	"Normal output then does not list the ports that say little\n"
	"(more than 25 of them; \\-d3 lists all);\n"
	"XML, grepable, CSV and NDJSON have every port,\n"
	"and NDJSON and the journal name the finding.\n"
	"With \\-\\-exclude\\-ports no port is asked but those of the scan, and nothing is found.\n"
	"Prefixes of 256 addresses, half of which answer SYNs without options\n"
	"or with a window of 0, are noted at the end.\n"
	".SH SERVICES\n"
	"With \\-sV each open port is asked what it is:\n"
	"listened to, asked by the probes that fit its number, then by the others\n"
	"up to the rarity that \\-\\-version\\-intensity says, and inside TLS again where it is\n"
	"spoken.\n"
	"The probes and signatures are built in.\n"
	"\\-\\-versiondb names others: a file in the format of nmap\\-service\\-probes,\n"
	"whose answers are then nmap's, or a folder of .probe files in the same format.\n"
	"Without it the data folder's nmap\\-service\\-probes is used, or its folder services,\n"
	"where there is one.\n"
	"The file is read before anything is sent, and a mistake in it is told with its line.\n"
	"A port is given 60 seconds, or 300 with a file in Nmap's format.\n"
	"Printers that print what they receive and controllers of machines are listened to\n"
	"and not written to; \\-\\-allports asks them too.\n"
	".B portolan show \\-\\-explain\n"
	"tells of each port which probe was answered, by what, and which signature knew it.\n"
	"\\-sV does nothing with \\-sn, \\-sL and \\-sO, and says so.\n"
	".SH SCRIPTS\n"
	"\\-sC runs the default scripts, \\-\\-script those that are named:\n"
	"script names (http\\-*), categories (safe, discovery, vuln ...), files, folders with a\n"
	"/ behind, and expressions of them with and, or, not and parentheses;\n"
	"a + before an element runs its scripts without asking whether they fit.\n"
	"Our own scripts and their libraries are built in.\n"
	"Those of a data folder (scripts/ and nselib/ in \\-\\-datadir, such as /usr/share/nmap)\n"
	"come after them: of two scripts of one name ours runs, unless the other is named by\n"
	"its path. Scripts have the libraries of their own folder first.\n"
	"\\-sV runs those of the category version, too.\n"
	".PP\n"
	"A script starts on a host as soon as everything else about that host is known.\n"
	"It has limits (\\-\\-script\\-limits), each on its own; 0 lifts one:\n"
	"cpu (60s of processor time), instructions (5000M), memory (128M), sockets (256 open\n"
	"at a time), in and out (256M and 64M of data).\n"
	"What goes beyond is stopped, and the result says so.\n"
	"Files of the machine and programs are closed to scripts;\n"
	"\\-\\-script\\-allow=files,processes opens them.\n"
	"What scripts send passes the same excludes as everything else.\n"
	".PP\n"
	"A script may report findings: what is wrong, how bad it is, what was seen, and what\n"
	"helps. Normal output, XML, NDJSON and the journal have them.\n"
	"At the end they are counted.\n"
	".SH VENDORS\n"
	"MAC addresses are shown with the company that their first digits are registered to.\n"
	"The table is built in; nmap\\-mac\\-prefixes in the data folder goes before it,\n"
	"lines that are wrong are skipped and the first of them is told.\n"
	"Journals keep addresses: a scan shown again has the names of today's table.\n"
	"\\-\\-spoof\\-mac takes part of a name, of any case, and then begins with\n"
	"the vendor's first prefix; the rest is drawn.\n"
	".SH ENVIRONMENT\n"
	".TP\n"
	".BR PORTOLAN_ARGS \", \" NMAP_ARGS\n"
	"Arguments put before those of the command line; fewer than 2048 bytes.\n"
	".TP\n"
	".BR PORTOLAN_DATADIR \", \" PORTOLANDIR \", \" NMAPDIR\n"
	"The folder of data files, as with \\-\\-datadir; the first that is set and not empty.\n"
	".SH EXIT STATUS\n"
	".TP\n"
	".B 0\n"
	"The scan ended, whatever it found.\n"
	".TP\n"
	".B 1\n"
	"It could not be done as asked; one sentence on standard error says why.\n"
	".TP\n"
	".B 255\n"
	"The command line was not understood.\n"
	".SH EXAMPLES\n"
	".nf\n"
	"portolan 192.0.2.7\n"
	"portolan \\-sV 192.0.2.7\n"
	"portolan \\-sn 192.0.2.0/24\n"
	"portolan \\-p\\- \\-\\-open \\-oX scan.xml host\n"
	"portolan \\-\\-dry\\-run \\-\\-explain \\-T4 192.0.2.0/24\n"
	".fi\n";

void options_print_man(struct buf *out)
{
	buf_addf(out, ".TH PORTOLAN 1 \"\" \"portolan %s\" \"User Commands\"\n", PORTOLAN_VERSION);
	buf_add_str(out, opening);
	print_groups(out);
	buf_add_str(out, closing);
}
