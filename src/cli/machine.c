/* What the command asks of the machine it runs on. */
#include "cli/cli.h"
#include "util/confine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_net_raw(void)
{
	return privileges_have_raw();
}

/* features.md CL-10; whatever the value, as Nmap has it. */
bool cli_may_send_raw(void)
{
	if (getenv("PORTOLAN_PRIVILEGED") || getenv("NMAP_PRIVILEGED"))
		return true;
	if (getenv("PORTOLAN_UNPRIVILEGED") || getenv("NMAP_UNPRIVILEGED"))
		return false;
	return has_net_raw();
}

const char *cli_datadir(const char **ret_variable)
{
	static const char *const names[] = {"PORTOLAN_DATADIR", "PORTOLANDIR", "NMAPDIR"};
	const char *folder = NULL;
	size_t i;

	for (i = 0; !folder && i < sizeof(names) / sizeof(names[0]); i++) {
		*ret_variable = names[i];
		folder = getenv(names[i]);
		if (folder && !*folder)
			folder = NULL;
	}
	return folder;
}

static bool parse_id(const char *text, unsigned *ret_id)
{
	char *end;
	unsigned long value;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value >= 0xffffffffUL)
		return false;
	*ret_id = (unsigned)value;
	return true;
}

struct out_owner cli_owner(void)
{
	struct out_owner owner = {0};

	/* Only root can have got here by sudo, and only root can give files away. */
	if (geteuid() == 0 && parse_id(getenv("SUDO_UID"), &owner.uid) &&
	    parse_id(getenv("SUDO_GID"), &owner.gid))
		owner.set = true;
	return owner;
}

bool cli_colours(int fd)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no_colour && *no_colour)
		return false;
	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

/* The stylesheet that browsers need for our XML is Nmap's, where the user has
 * it: in the data folder or where Debian puts it. */
void cli_find_stylesheet(struct plan *plan, const char *datadir)
{
	const char *folders[] = {datadir, "/usr/share/nmap", "/usr/local/share/nmap"};
	char path[4096];
	size_t i;

	if (plan->output.stylesheet || plan->output.no_stylesheet)
		return;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (!folders[i] || folders[i][0] != '/')
			continue;
		snprintf(path, sizeof(path), "file://%s/nmap.xsl", folders[i]);
		if (access(path + strlen("file://"), R_OK) != 0)
			continue;
		plan->output.stylesheet = arena_strdup(&plan->arena, path);
		return;
	}
}
