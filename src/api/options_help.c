#include "api/options_print.h"
#include "api/settings.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 31

void option_synopsis(const struct option_row *row, char text[OPTION_SYNOPSIS_BYTES])
{
	char title[OPTION_TITLE_BYTES], letter[8] = "";
	const char *value = row->value_name ? row->value_name : "";
	/* An optional value stands without a space: -PS22, --verbose=2. */
	bool optional = value[0] == '[';

	option_title(row, title);
	if (row->name && row->letter && !row->variant)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	if (optional && row->name)
		snprintf(text, OPTION_SYNOPSIS_BYTES, "%s%s[=%s", letter, title, value + 1);
	else
		snprintf(text, OPTION_SYNOPSIS_BYTES, "%s%s%s%s", letter, title,
			 value[0] && !optional ? " " : "", value);
}

bool option_is_shown(const struct option_row *row, unsigned group)
{
	return row->group == group && !row->hidden;
}

static void print_row(const struct option_row *row, struct buf *out)
{
	char synopsis[OPTION_SYNOPSIS_BYTES];
	int width;

	option_synopsis(row, synopsis);
	width = HELP_COLUMN - 3;
	buf_addf(out, "%c %-*s %s\n", row->later ? '*' : ' ', width, synopsis, row->help);
}

static void print_groups(struct buf *out)
{
	const char *heading;
	unsigned group;

	for (group = 0; (heading = portolan_option_group(group)); group++) {
		struct option_walk walk = {portolan_options(), 0};
		const struct option_row *row;

		buf_addf(out, "\n%s\n", heading);
		while ((row = option_next(&walk)))
			if (option_is_shown(row, group))
				print_row(row, out);
	}
}

void options_print_help(struct buf *out)
{
	buf_add_str(
		out,
		"portolan finds hosts, their open ports, and what runs there.\n"
		"\n"
		"usage: portolan [options] <target> ...\n"
		"       portolan list              the scans that were kept\n"
		"       portolan show [<id>]       one of them again, in any format\n"
		"       portolan learn [<file>]    draft signatures from what -sV did not "
		"recognise\n"
		"\n"
		"A target is a name, an address, a net (192.0.2.0/24, 2001:db8::/120) or ranges\n"
		"(192.0.2-3.1-254). Options and targets may be mixed; long options may be cut\n"
		"short while they stay clear. Options marked * come in a later version: they are\n"
		"refused, never passed over.\n");
	print_groups(out);
	buf_add_str(
		out,
		"\n"
		"Examples\n"
		"  portolan 192.0.2.7                  the 1000 most frequent TCP ports of a host\n"
		"  portolan -sV 192.0.2.7              and which services they are\n"
		"  portolan -sn 192.0.2.0/24           which hosts of a net are up\n"
		"  portolan -p- --open -oX s.xml host  all ports; open ones also as XML\n"
		"  portolan --dry-run --explain -T4 -p http* 192.0.2.0/24\n");
}
