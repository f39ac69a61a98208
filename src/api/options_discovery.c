/* Which targets are up, and what they are called: features.md 2 and 13. */
#include "api/settings.h"
#include "util/error.h"

/* features.md HD-11 to HD-15. */
static const char *usual_ports(unsigned mark)
{
	switch (mark) {
	case USE_PING_UDP:
		return "40125";
	case USE_PING_PROTO:
		return "1,2,4";
	default:
		return "80";
	}
}

/* -PS22,80 and kin: the ports are kept as written, once. */
static int set_ping_ports(void *self, const struct option_row *row, const char *value,
			  struct diag *diag)
{
	struct settings *settings = self;
	char title[OPTION_TITLE_BYTES];

	if (settings->uses[row->mark])
		return diag_set(diag, ERROR_EXISTS,
				"%s was given twice; join the ports with commas",
				option_title(row, title));
	settings->ping_ports[row->mark] = value && *value ? value : usual_ports(row->mark);
	return set_mark(self, row, value, diag);
}

static int set_ping_kind(void *self, const struct option_row *row, const char *value,
			 struct diag *diag)
{
	struct settings *settings = self;
	char letter[2] = {value ? value[0] : 'E', 0};
	const struct option_row *kind = option_variant(settings->table, 'P', letter);

	if (!kind)
		return diag_set(
			diag, ERROR_SYNTAX,
			"-P%.40s is no way to find hosts; there are -Pn, -PS, -PA, -PU, -PY, "
			"-PO, -PE, -PP and -PM",
			value);
	return kind->set(self, kind, value ? value + 1 : NULL, diag);
}

#define PING(text, what, names)                                                             \
	.letter = 'P', .variant = text, .group = GROUP_DISCOVERY, .value = OPTION_OPTIONAL, \
	.value_name = names, .help = what

static const struct option_row rows[] = {
	{.letter = 's',
	 .variant = "L",
	 .group = GROUP_DISCOVERY,
	 .help = "only list the targets, send them nothing",
	 .set = set_mark,
	 .mark = USE_LIST},
	{.letter = 's',
	 .variant = "n",
	 .group = GROUP_DISCOVERY,
	 .help = "only find out which hosts are up, scan no port",
	 .set = set_mark,
	 .mark = USE_PING_ONLY},
	{.letter = 's', .variant = "P", .hidden = true, .set = set_mark, .mark = USE_PING_ONLY},
	{.letter = 'P',
	 .value = OPTION_OPTIONAL,
	 .group = GROUP_DISCOVERY,
	 .hidden = true,
	 .value_name = "<how>",
	 .help = "how hosts are found; see its variants",
	 .set = set_ping_kind},
	{PING("n", "take every target to be up", NULL), .set = set_mark, .mark = USE_PING_SKIP},
	{PING("S", "find hosts by TCP SYN (without privileges: by connecting)", "[ports]"),
	 .set = set_ping_ports, .mark = USE_PING_SYN},
	{PING("A", "find hosts by TCP ACK (without privileges: as -PS)", "[ports]"),
	 .set = set_ping_ports, .mark = USE_PING_ACK},
	{PING("U", "find hosts by UDP datagrams", "[ports]"), .set = set_ping_ports,
	 .mark = USE_PING_UDP},
	{PING("Y", "find hosts by SCTP INIT", "[ports]"), .set = set_ping_ports,
	 .mark = USE_PING_SCTP},
	{PING("O", "find hosts by other IP protocols", "[protocols]"), .set = set_ping_ports,
	 .mark = USE_PING_PROTO},
	{PING("E", "find hosts by ICMP echo", NULL), .set = set_mark, .mark = USE_PING_ECHO},
	{PING("P", "find hosts by ICMP timestamp", NULL), .set = set_mark, .mark = USE_PING_STAMP},
	{PING("M", "find hosts by ICMP address mask", NULL), .set = set_mark,
	 .mark = USE_PING_MASK},
	{PING("0", NULL, NULL), .hidden = true, .set = set_mark, .mark = USE_PING_SKIP},
	{PING("N", NULL, NULL), .hidden = true, .set = set_mark, .mark = USE_PING_SKIP},
	{PING("D", NULL, NULL), .hidden = true, .set = set_mark, .mark = USE_PING_SKIP},
	{PING("T", NULL, NULL), .hidden = true, .set = set_ping_ports, .mark = USE_PING_ACK},
	{PING("B", NULL, NULL), .hidden = true, .set = set_ping_ports, .mark = USE_PING_BOTH},
	{PING("R", NULL, NULL), .hidden = true, .set = set_nothing},
	{PING("I", "find hosts by ICMP echo", NULL), .hidden = true, .set = set_mark,
	 .mark = USE_PING_ECHO},
	{.name = "discovery-ignore-rst",
	 .group = GROUP_DISCOVERY,
	 .help = "a refused connection does not prove that a host is up",
	 .set = set_mark,
	 .mark = USE_IGNORE_RST},
	{.name = "disable-arp-ping",
	 .group = GROUP_DISCOVERY,
	 .help = "ask local hosts as others, not by ARP or ND",
	 .set = set_mark,
	 .mark = USE_NO_NEIGHBOURS},
	{.name = "randomize-hosts",
	 .group = GROUP_DISCOVERY,
	 .help = "take the hosts in random order",
	 .set = set_mark,
	 .mark = USE_RANDOMIZE},
	{.name = "rH",
	 .group = GROUP_DISCOVERY,
	 .hidden = true,
	 .help = "old spelling of --randomize-hosts",
	 .set = set_mark,
	 .mark = USE_RANDOMIZE},
	{.letter = 'n',
	 .group = GROUP_DISCOVERY,
	 .help = "look up no names of addresses",
	 .set = set_mark,
	 .mark = USE_NO_NAMES},
	{.letter = 'R',
	 .group = GROUP_DISCOVERY,
	 .help = "look up the names of all targets, also of hosts that are down",
	 .set = set_mark,
	 .mark = USE_ALL_NAMES},
	{.name = "dns-servers",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_DISCOVERY,
	 .value_name = "<server,...>",
	 .help = "ask these name servers",
	 .set = set_split_list,
	 .offset = offsetof(struct settings, dns_servers)},
	{.name = "system-dns",
	 .group = GROUP_DISCOVERY,
	 .help = "ask through the system's resolver",
	 .set = set_mark,
	 .mark = USE_SYSTEM_DNS},
	{.name = "traceroute",
	 .group = GROUP_DISCOVERY,
	 .help = "trace the path to each host",
	 .set = set_mark,
	 .mark = USE_TRACEROUTE},
	{.name = "mmdb",
	 .own = true,
	 .value = OPTION_REQUIRED,
	 .group = GROUP_DISCOVERY,
	 .value_name = "<file>",
	 .help = "countries and networks of hops from this MaxMind DB",
	 .set = set_list,
	 .mark = USE_MMDB,
	 .offset = offsetof(struct settings, mmdbs)},
};

const struct option_table options_discovery = {rows, sizeof(rows) / sizeof(rows[0]),
					       &options_scans};
