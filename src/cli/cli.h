/* The command: what its files share. The only room that speaks. */
#ifndef PORTOLAN_CLI_CLI_H
#define PORTOLAN_CLI_CLI_H

#include "engine/plan.h"
#include "report/out.h"
#include "util/diag.h"

#define EXIT_FATAL 1
#define EXIT_USAGE 255

/* "portolan", or "nmap" when called by that name. */
const char *cli_program(const char *argv0);
/* What the start line calls the program of that name. */
const char *cli_title(const char *program);

/* One sentence on standard error; `fatal` adds the reference's last word. */
void cli_complain(const struct diag *diag, bool fatal);
/* Prints a buffer to standard output and releases it; gives the exit status. */
int cli_print(struct buf *text, int status);

/* The data folder of the environment, and the variable that names it; NULL: none does. */
const char *cli_datadir(const char **ret_variable);
/* Whether raw packets may be sent: CAP_NET_RAW is in this process's effective
 * set, or the environment says that it is, or is not. */
bool cli_may_send_raw(void);
/* The user who typed sudo, when there is one. */
struct out_owner cli_owner(void);
/* Colours on this descriptor: a terminal, and NO_COLOR (no-color.org) unset. */
bool cli_colours(int fd);

/* Names an installed nmap.xsl in the plan, unless the user said which or none. */
void cli_find_stylesheet(struct plan *plan, const char *datadir);

/* Runs a scan; gives the exit status. `title` is the start line's name. */
int cli_script_help(const struct plan *plan); /* and --script-updatedb */
int cli_scan(const struct plan *plan, const char *title);

/* --iflist, --route-dst, --explain-route; give the exit status. */
int cli_interfaces(const char *title);
int cli_ways(const struct plan *plan, const char *title);
int cli_explain_routes(const struct plan *plan);

/* A subcommand: portolan <name> ...; argv[0] is the name. */
struct subcommand {
	const char *name, *usage, *help;
	int (*run)(int argc, char **argv);
};
extern const struct subcommand subcommand_list, subcommand_show, subcommand_learn, subcommand_print;

#endif
