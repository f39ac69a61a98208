/* Completions for three shells. Hidden rows are old spellings: they work, but
 * are not offered. */
#include "api/options_print.h"

#include <string.h>

static bool names_file(const struct option_row *row)
{
	return row->value_name &&
	       (strstr(row->value_name, "file") || strstr(row->value_name, "base") ||
		strstr(row->value_name, "folder"));
}

static void each_shown(void (*print)(const struct option_row *row, struct buf *out),
		       struct buf *out)
{
	struct option_walk walk = {portolan_options(), 0};
	const struct option_row *row;

	while ((row = option_next(&walk)))
		if (!row->hidden)
			print(row, out);
}

/* ---- bash ---- */

static void bash_word(const struct option_row *row, struct buf *out)
{
	char title[OPTION_TITLE_BYTES];

	buf_addf(out, " %s", option_title(row, title));
}

/* As a pattern of `case`. */
static void bash_file_pattern(const struct option_row *row, struct buf *out)
{
	char title[OPTION_TITLE_BYTES];

	if (names_file(row))
		buf_addf(out, "%s|", option_title(row, title));
}

static void bash_value_pattern(const struct option_row *row, struct buf *out)
{
	char title[OPTION_TITLE_BYTES];

	if (row->value == OPTION_REQUIRED && !names_file(row))
		buf_addf(out, "%s|", option_title(row, title));
}

static void print_bash(struct buf *out)
{
	buf_add_str(out, "# bash completion for portolan\n"
			 "_portolan()\n"
			 "{\n"
			 "\tlocal current=${COMP_WORDS[COMP_CWORD]}\n"
			 "\tlocal previous=${COMP_WORDS[COMP_CWORD-1]}\n"
			 "\tCOMPREPLY=()\n"
			 "\tcase $previous in\n"
			 "\t");
	each_shown(bash_file_pattern, out);
	buf_add_str(out, "-i)\n"
			 "\t\tcompopt -o filenames 2>/dev/null\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
			 "\t\treturn\n"
			 "\t\t;;\n"
			 "\t-e)\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -W "
			 "\"$(ls /sys/class/net 2>/dev/null)\" -- \"$current\")\n"
			 "\t\treturn\n"
			 "\t\t;;\n"
			 "\t");
	each_shown(bash_value_pattern, out);
	buf_add_str(out, "-M)\n"
			 "\t\treturn\n"
			 "\t\t;;\n"
			 "\tesac\n"
			 "\tif [[ $current == -* ]]; then\n"
			 "\t\tmapfile -t COMPREPLY < <(compgen -W \"");
	each_shown(bash_word, out);
	buf_add_str(out,
		    "\" -- \"$current\")\n"
		    "\telse\n"
		    "\t\tmapfile -t COMPREPLY < <(compgen -W \"list show learn\" -A hostname -- "
		    "\"$current\")\n"
		    "\tfi\n"
		    "}\n"
		    "complete -F _portolan portolan\n");
}

/* ---- zsh ---- */

/* Inside single quotes, where _arguments reads [ ] : and \ itself. */
static void zsh_text(const char *text, struct buf *out)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_add_str(out, "'\\''");
		else if (strchr("[]:\\", *text))
			buf_addf(out, "\\%c", *text);
		else
			buf_add_char(out, *text);
	}
}

static void zsh_spec(const char *title, const struct option_row *row, struct buf *out)
{
	const char *joint = ""; /* no value, or as the next argument: -oX file */

	if (row->value == OPTION_OPTIONAL)
		joint = row->name ? "=-" : "-"; /* attached */
	else if (row->value == OPTION_REQUIRED && title[1] == '-')
		joint = "="; /* behind = or as the next argument */
	else if (row->value == OPTION_REQUIRED && !title[2])
		joint = "+"; /* attached or as the next argument */

	buf_addf(out, "\t'*%s%s[", title, joint);
	zsh_text(row->help, out);
	buf_add_char(out, ']');
	if (row->value != OPTION_FLAG) {
		buf_add_str(out, row->value == OPTION_OPTIONAL ? "::" : ":");
		zsh_text(row->value_name ? row->value_name : "value", out);
		buf_addf(out, ":%s", names_file(row) ? "_files" : "");
	}
	buf_add_str(out, "' \\\n");
}

static void zsh_row(const struct option_row *row, struct buf *out)
{
	char title[OPTION_TITLE_BYTES];

	zsh_spec(option_title(row, title), row, out);
}

static void print_zsh(struct buf *out)
{
	buf_add_str(out, "#compdef portolan\n"
			 "_arguments \\\n");
	each_shown(zsh_row, out);
	buf_add_str(out, "\t'*:target:_hosts'\n");
}

/* ---- fish ---- */

static void fish_text(const char *text, struct buf *out)
{
	buf_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '\'');
}

static void fish_row(const struct option_row *row, struct buf *out)
{
	char title[OPTION_TITLE_BYTES];

	option_title(row, title);
	buf_add_str(out, "complete -c portolan");
	/* -o is fish's word for a long option with one dash. */
	if (title[1] == '-')
		buf_addf(out, " -l %s", title + 2);
	else
		buf_addf(out, " %s %s", title[2] ? "-o" : "-s", title + 1);
	if (title[1] == '-' && row->letter)
		buf_addf(out, " -s %c", row->letter);
	if (row->value == OPTION_REQUIRED)
		buf_add_str(out, names_file(row) ? " -r" : " -x");
	buf_add_str(out, " -d ");
	fish_text(row->help, out);
	buf_add_char(out, '\n');
}

static void print_fish(struct buf *out)
{
	buf_add_str(out, "# fish completion for portolan\n"
			 "complete -c portolan -f\n"
			 "complete -c portolan -n __fish_is_first_arg -a 'list show learn'\n"
			 "complete -c portolan -a '(__fish_print_hostnames)'\n");
	each_shown(fish_row, out);
}

void options_print_completion(const char *shell, struct buf *out)
{
	if (!strcmp(shell, "bash"))
		print_bash(out);
	else if (!strcmp(shell, "zsh"))
		print_zsh(out);
	else if (!strcmp(shell, "fish"))
		print_fish(out);
}
