#include "support.h"

#include "api/settings.h"

#include <stdio.h>
#include <string.h>

/* Every long option of features.md's appendix. */
static const char *const known[] = {
	"adler32",
	"allports",
	"append-output",
	"badsum",
	"data",
	"data-length",
	"data-string",
	"datadir",
	"debug",
	"defeat-icmp-ratelimit",
	"defeat-rst-ratelimit",
	"deprecated-xml-osclass",
	"disable-arp-ping",
	"discovery-ignore-rst",
	"dns-servers",
	"exclude",
	"exclude-ports",
	"excludefile",
	"ff",
	"fuzzy",
	"help",
	"host-timeout",
	"iflist",
	"iL",
	"initial-rtt-timeout",
	"ip-options",
	"iR",
	"log-errors",
	"max-hostgroup",
	"max-os-tries",
	"max-parallelism",
	"max-rate",
	"max-retries",
	"max-rtt-timeout",
	"max-scan-delay",
	"min-hostgroup",
	"min-parallelism",
	"min-rate",
	"min-rtt-timeout",
	"mtu",
	"no-stylesheet",
	"nogcc",
	"noninteractive",
	"nsock-engine",
	"oA",
	"oG",
	"oH",
	"oM",
	"oN",
	"open",
	"oS",
	"osscan-guess",
	"osscan-limit",
	"oX",
	"packet-trace",
	"port-ratio",
	"privileged",
	"proxies",
	"proxy",
	"randomize-hosts",
	"reason",
	"release-memory",
	"resolve-all",
	"resume",
	"rH",
	"route-dst",
	"scan-delay",
	"scanflags",
	"script",
	"script-args",
	"script-args-file",
	"script-help",
	"script-timeout",
	"script-trace",
	"script-updatedb",
	"send-eth",
	"send-ip",
	"servicedb",
	"sI",
	"source-port",
	"spoof-mac",
	"stats-every",
	"stylesheet",
	"system-dns",
	"thc",
	"timing",
	"top-ports",
	"traceroute",
	"ttl",
	"unique",
	"unprivileged",
	"verbose",
	"version",
	"version-all",
	"version-intensity",
	"version-light",
	"version-trace",
	"versiondb",
	"vv",
	"webxml",
};

static void every_option_of_the_inventory_has_a_row(void **state)
{
	const char *letters = "46AbDdeFfghIiMmnOoPpqRrSsTVv", *at;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct option_row *row = option_by_name(portolan_options(), known[i]);

		if (!row || row->own)
			fail_msg("no row for --%s", known[i]);
	}
	for (at = letters; *at; at++)
		if (!option_by_letter(portolan_options(), *at))
			fail_msg("no row for -%c", *at);
	for (at = "TSAWMNFXUYZOVCLn"; *at; at++)
		assert_non_null(option_variant(portolan_options(), 's', (char[]){*at, 0}));
	for (at = "nSAUYOEPM0NDTBRI"; *at; at++)
		assert_non_null(option_variant(portolan_options(), 'P', (char[]){*at, 0}));
}

/* What is not in the inventory is our own, and says so: abbreviations of the
 * inventory's options must keep their meaning. */
static void own_options_are_marked(void **state)
{
	struct option_walk walk = {portolan_options(), 0};
	const struct option_row *row;

	while ((row = option_next(&walk))) {
		bool found = !row->name || row->own;
		size_t i;

		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found = found || !strcmp(row->name, known[i]);
		if (!found)
			fail_msg("--%s is neither known nor own", row->name);
	}
}

static void check_row(const struct option_row *row)
{
	char title[OPTION_TITLE_BYTES];

	option_title(row, title);
	if (!row->set)
		fail_msg("%s has no setter", title);
	if (!row->hidden && (!row->help || strlen(row->help) > 66))
		fail_msg("%s has no help, or more than a line of it", title);
	if (!row->variant && (row->value != OPTION_FLAG) != (row->value_name != NULL) &&
	    row->letter != 'O')
		fail_msg("%s: value and value_name disagree", title);
	if (!portolan_option_group(row->group))
		fail_msg("%s has no group", title);
}

static void rows_answer_every_question_and_are_unique(void **state)
{
	struct option_walk walk = {portolan_options(), 0};
	const struct option_row *row;

	while ((row = option_next(&walk))) {
		check_row(row);
		if (row->variant)
			assert_ptr_equal(
				option_variant(portolan_options(), row->letter, row->variant), row);
		else if (row->name)
			assert_ptr_equal(option_by_name(portolan_options(), row->name), row);
		if (row->letter && !row->variant)
			assert_ptr_equal(option_by_letter(portolan_options(), row->letter), row);
	}
	assert_null(portolan_option_group(GROUP_MISC + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_of_the_inventory_has_a_row),
		cmocka_unit_test(own_options_are_marked),
		cmocka_unit_test(rows_answer_every_question_and_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
