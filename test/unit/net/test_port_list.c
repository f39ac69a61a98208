/* The table was asked of nmap 7.93 (--datadir with the services below, -Pn
 * -sT|-sU|-sY|-sO in a namespace of its own) and holds what it answered. A
 * few rows differ on purpose and say so. */
#include "support.h"

#include "net/port_list.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

#define TCP  (1u << TRANSPORT_TCP)
#define UDP  (1u << TRANSPORT_UDP)
#define SCTP (1u << TRANSPORT_SCTP)
#define IP   (1u << TRANSPORT_IP)

#define DUPLICATE 1
#define NO_SCAN   2

static const char services_text[] = "alpha	10/tcp	0.5\n"
				    "alpha	10/udp	0.1\n"
				    "beta	20/tcp	0.4\n"
				    "beta-two	21/tcp	0.3\n"
				    "beta-two	21/sctp	0.3\n"
				    "Gamma	30/tcp	0.2\n"
				    "gamma2	31/udp	0.25\n"
				    "unknown	40/tcp	0.01\n"
				    "x*y	50/tcp\n"
				    "http-alt	8080/tcp	3/10\n"
				    "sctpname	60/sctp	0.1\n";
static const char protocols_text[] = "icmp 1\nigmp 2\nipx 111\ntcp 6\nudp 17\nesp 50\nah 51\n"
				     "ipcomp 108\ngre 47\n";

struct golden {
	unsigned scans;
	const char *list;
	const char *wanted; /* "T:ports U:ports ..." or NULL: refused */
	int error_or_warnings;
};

static const struct golden table[] = {
	{TCP, "22", "T:22", 0},
	{TCP, "1-100", "T:1-100", 0},
	{TCP, "-100", "T:1-100", 0},
	{TCP, "60000-", "T:60000-65535", 0},
	{TCP, "-", "T:1-65535", 0},
	{TCP, "0", "T:0", 0},
	{TCP, "0-3", "T:0-3", 0},
	{TCP, "-0", NULL, ERROR_RANGE},
	{TCP, "65535", "T:65535", 0},
	{TCP, "65536", NULL, ERROR_RANGE},
	{TCP, "70000", NULL, ERROR_RANGE},
	{TCP, "99999999999999999999", NULL, ERROR_RANGE},
	{TCP, "1,2,3", "T:1-3", 0},
	{TCP, "1, 2 ,3", "T:1-3", 0},
	{TCP, " 22", "T:22", 0},
	{TCP, "22 ", "T:22", 0},
	{TCP, "22,", "T:22", 0},
	{TCP, "22,,", NULL, ERROR_SYNTAX},
	{TCP, "22,,23", NULL, ERROR_SYNTAX},
	{TCP, ",", NULL, ERROR_SYNTAX},
	{TCP, ",22", NULL, ERROR_SYNTAX},
	{TCP, "", NULL, ERROR_SYNTAX},
	{TCP, "  ", NULL, ERROR_SYNTAX},
	{TCP, "5-3", NULL, ERROR_RANGE},
	{TCP, "5-5", "T:5", 0},
	{TCP, "22,22", "T:22", DUPLICATE},
	{TCP, "1-10,5", "T:1-10", DUPLICATE},
	{TCP, "1-10,5-20", "T:1-20", DUPLICATE},
	{TCP, "10-5,3", NULL, ERROR_RANGE},
	{TCP, "-1-5", NULL, ERROR_SYNTAX},
	{TCP, "1--5", NULL, ERROR_SYNTAX},
	{TCP, "1-5-9", NULL, ERROR_SYNTAX},
	{TCP, "--", NULL, ERROR_SYNTAX},
	{TCP, "1 -5", "T:1-5", 0},
	{TCP, "1- 5", NULL, ERROR_SYNTAX},
	{TCP, "1-,", "T:1-65535", 0},
	{TCP, "-,", "T:1-65535", 0},
	{TCP, "-5,60000-", "T:1-5,60000-65535", 0},
	{TCP, "0x10", NULL, ERROR_SYNTAX},
	{TCP, "+5", NULL, ERROR_SYNTAX},
	{TCP, "022", "T:22", 0},
	{TCP, "00022", "T:22", 0},
	{TCP, "1.5", NULL, ERROR_SYNTAX},
	{TCP, "22;23", NULL, ERROR_SYNTAX},
	{TCP, "22\t23", NULL, ERROR_SYNTAX},
	{TCP, "22 23", NULL, ERROR_SYNTAX},
	{TCP, "alpha", "T:10", 0},
	{TCP, "ALPHA", NULL, ERROR_SYNTAX},
	{TCP, "Alpha", NULL, ERROR_SYNTAX},
	{TCP, "aLPHA", "T:10", 0},
	{TCP, "beta", "T:20", 0},
	{TCP, "beta*", "T:20-21", 0},
	{TCP, "b*", "T:20-21", 0},
	{TCP, "*", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "?*", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "gamma", "T:30", 0},
	{TCP, "Gamma", NULL, ERROR_SYNTAX},
	{TCP, "gamma*", "T:30", 0},
	{TCP, "unknown", "T:40", 0},
	{TCP, "al?ha", "T:10", 0},
	{TCP, "alpha,beta", "T:10,20", 0},
	{TCP, "alpha-beta", NULL, ERROR_NOT_FOUND},
	{TCP, "nosuch", NULL, ERROR_NOT_FOUND},
	{TCP, "nosuch*", NULL, ERROR_NOT_FOUND},
	{TCP, "http-alt", "T:8080", 0},
	{TCP, "x*y", "T:50", 0},
	{TCP, "x", NULL, ERROR_NOT_FOUND},
	{TCP, "alpha ", "T:10", 0},
	{TCP, "alpha beta", "T:10,20", 0},
	{TCP, "[10-21]", "T:10,20-21", 0},
	{TCP, "[-]", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "[10-]", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "[-30]", "T:10,20-21,30", 0},
	{TCP, "[1-5]", "", 0},
	{TCP, "[10]", "T:10", 0},
	{TCP, "[11]", "", 0},
	{TCP, "[alpha]", "T:10", 0},
	{TCP, "[10,20]", "T:10,20", 0},
	{TCP, "[10-20", "T:10,20", 0},
	{TCP, "10-20]", NULL, ERROR_SYNTAX},
	{TCP, "[[10]]", NULL, ERROR_SYNTAX},
	{TCP, "[10]]", NULL, ERROR_SYNTAX},
	{TCP, "[]", "", 0},
	{TCP, "[10-20],5", "T:5,10,20", 0},
	{TCP, "5,[10-20]", "T:5,10,20", 0},
	{TCP, "[10-20],20", "T:10,20", DUPLICATE},
	{TCP, "[T:10-20]", "T:10,20", 0},
	{TCP, "[20-10]", NULL, ERROR_RANGE},
	{TCP, "T:10", "T:10", 0},
	{TCP, "T:10,20", "T:10,20", 0},
	{TCP, "U:10", "U:10", NO_SCAN},
	{TCP, "T:10,U:10", "T:10 U:10", NO_SCAN},
	{TCP, "U:10,T:10", "T:10 U:10", NO_SCAN},
	{TCP, "T:", "", 0},
	{TCP, "t:10", NULL, ERROR_SYNTAX},
	{TCP, "T:10,T:10", "T:10", DUPLICATE},
	{TCP, "T:10 ,20", "T:10,20", 0},
	{TCP, "T: 10", "T:10", 0},
	{TCP, "T:T:10", "T:10", 0},
	{TCP, "T10", NULL, ERROR_SYNTAX},
	{TCP, "X:5", NULL, ERROR_SYNTAX},
	{TCP, "P:5", "P:5", NO_SCAN},
	{TCP, "S:60", "S:60", NO_SCAN},
	{TCP, "10,T:", "T:10", 0},
	{TCP, "T:[10-21],40", "T:10,20-21,40", 0},
	{TCP, "[T:10-],20", "T:10,20-21,30,40,50,8080", DUPLICATE},
	{TCP, "[10-],[10-20]", "T:10,20-21,30,40,50,8080", DUPLICATE},
	{TCP, "8080-8081,http-alt", "T:8080-8081", 0},
	{TCP, "a*", "T:10", 0},
	{TCP, "10*", NULL, ERROR_SYNTAX},
	{TCP, "60-", "T:60-65535", 0},
	{TCP, "64-65536", NULL, ERROR_RANGE},
	{TCP, "1-70000", NULL, ERROR_RANGE},
	{TCP, "1-65535", "T:1-65535", 0},
	{TCP, "- 5", NULL, ERROR_SYNTAX},
	{TCP, "%", NULL, ERROR_SYNTAX},
	{TCP, "10/tcp", NULL, ERROR_SYNTAX},
	{TCP, "-65535", "T:1-65535", 0},
	{TCP, "-65536", NULL, ERROR_RANGE},
	{TCP, "alpha[1]", NULL, ERROR_NOT_FOUND},
	{TCP, "10alpha", NULL, ERROR_SYNTAX},
	{TCP, "alpha10", NULL, ERROR_NOT_FOUND},
	{TCP, "[10-20],[30]", "T:10,20,30", 0},
	{TCP, "[ 10-20 ]", "T:10,20", 0},
	{TCP, "[10 -20]", "T:10,20", 0},
	{TCP, "[10-20] ,5", NULL, ERROR_SYNTAX},
	{TCP | UDP, "10", "T:10 U:10", 0},
	{TCP | UDP, "T:10,U:31", "T:10 U:31", 0},
	{TCP | UDP, "U:10,20,T:30", "T:30 U:10,20", 0},
	{TCP | UDP, "10,T:20,U:30", "T:10,20 U:10,30", 0},
	{TCP | UDP, "alpha", "T:10 U:10", 0},
	{TCP | UDP, "beta", "T:20", 0},
	{TCP | UDP, "gamma2", "U:31", 0},
	{TCP | UDP, "U:alpha", "U:10", 0},
	{TCP | UDP, "T:gamma2", NULL, ERROR_NOT_FOUND},
	{TCP | UDP, "[10-40]", "T:10,20-21,30,40 U:10,31", 0},
	{TCP | UDP, "[T:10-21,U:10-31],5", "T:5,10,20-21 U:5,10,31", 0},
	{TCP | UDP, "T:[10-21],5", "T:5,10,20-21", 0},
	{TCP | UDP, "U:[10-31],5", "U:5,10,31", 0},
	{TCP | UDP, "[U:10-31]", "U:10,31", 0},
	{TCP | UDP, "[U:10-31],T:5", "T:5 U:10,31", 0},
	{TCP | UDP, "S:60", "S:60", NO_SCAN},
	{TCP | UDP, "T:10", "T:10", 0},
	{TCP | UDP, "U:", "", 0},
	{TCP | UDP, "T:10,U:10,10", "T:10 U:10", DUPLICATE},
	{TCP | UDP, "beta*,U:10", "T:20-21 U:10", 0},
	{TCP | UDP, "[T:alpha],5", "T:5,10 U:5", 0},
	{TCP | UDP, "U:31", "U:31", 0},
	{TCP | UDP, "[beta*]", "T:20-21", 0},
	{TCP | UDP, "10,10", "T:10 U:10", DUPLICATE},
	{SCTP, "S:21", "S:21", 0},
	{SCTP, "21", "S:21", 0},
	{SCTP, "beta-two", "S:21", 0},
	{SCTP, "[-]", "S:21,60", 0},
	{SCTP, "T:10", "T:10", NO_SCAN},
	{SCTP, "T:10,S:60", "T:10 S:60", NO_SCAN},
	{SCTP, "P:1", "P:1", NO_SCAN},
	{SCTP, "alpha", NULL, ERROR_NOT_FOUND},
	{IP, "1", "P:1", 0},
	{IP, "6", "P:6", 0},
	{IP, "0", "P:0", 0},
	{IP, "255", "P:255", 0},
	{IP, "256", NULL, ERROR_RANGE},
	{IP, "-", "P:0-255", 0},
	{IP, "1-", "P:1-255", 0},
	{IP, "-5", "P:0-5", 0},
	{IP, "icmp", "P:1", 0}, /* nmap 7.93 matches, then forgets */
	{IP, "tcp", "P:6", 0},  /* nmap 7.93 matches, then forgets */
	{IP, "P:1", "P:1", 0},
	{IP, "P:icmp", "P:1", 0},            /* nmap 7.93 matches, then forgets */
	{IP, "T:1", "T:1", NO_SCAN},         /* nmap 7.93 keeps silent */
	{IP, "T:1,P:6", "T:1 P:6", NO_SCAN}, /* nmap 7.93 keeps silent */
	{IP, "[-]", "P:1-2,6,17,47,50-51,108,111", 0},
	{IP, "[1-10]", "P:1-2,6", 0},
	{IP, "ip*", "P:108,111", 0}, /* nmap 7.93 matches, then forgets */
	{IP, "[255]", "", 0},
	{IP, "[140-254]", "", 0},
	{IP, "-255", "P:0-255", 0},
	{IP, "-256", NULL, ERROR_RANGE},
	{IP, "1-300", NULL, ERROR_RANGE},
	{IP, "esp,ah", "P:50-51", 0}, /* nmap 7.93 matches, then forgets */
	{IP, "nosuch", NULL, ERROR_NOT_FOUND},
	{TCP, "[10-20],", "T:10,20", 0},
	{TCP, "[10-20],,5", NULL, ERROR_SYNTAX},
	{TCP, "[10-20]5", "T:5,10,20", 0},
	{TCP, "[10-20]alpha", "T:10,20", 0},
	{TCP, "alpha,,beta", NULL, ERROR_SYNTAX},
	{TCP, "alpha,", "T:10", 0},
	{TCP, "alpha, ", NULL, ERROR_SYNTAX},
	{TCP, "alpha ,beta", NULL, ERROR_SYNTAX},
	{TCP, ", alpha", NULL, ERROR_SYNTAX},
	{TCP, "10,[20]", "T:10,20", 0},
	{TCP, "[10,]", "T:10", 0},
	{TCP, "[10 20]", NULL, ERROR_SYNTAX},
	{TCP, "[alpha beta]", "T:10,20", 0},
	{TCP, "T:10U:20", NULL, ERROR_SYNTAX},
	{TCP, "T:,10", NULL, ERROR_SYNTAX},
	{TCP, "T:10,U:", "T:10", NO_SCAN},
	{TCP, "alpha:5", NULL, ERROR_NOT_FOUND},
	{TCP, "alpha]", NULL, ERROR_SYNTAX},
	{TCP, "[alpha", "T:10", 0},
	{TCP, "T:alpha,10", "T:10", DUPLICATE},
	{TCP, "T :10", NULL, ERROR_SYNTAX},
	{TCP, "T:-5", "T:1-5", 0},
	{TCP, "T:-", "T:1-65535", 0},
	{TCP, "-T:5", NULL, ERROR_SYNTAX},
	{TCP, "10 T:20", NULL, ERROR_SYNTAX},
	{TCP, "alpha T:20", "T:10,20", 0},
	{TCP, "[T:]", "", 0},
	{TCP, "T:[10],[U:10],T:5", "T:5,10 U:10", NO_SCAN},
	{TCP, "5-", "T:5-65535", 0},
	{TCP, "5- ,6", NULL, ERROR_SYNTAX},
	{TCP, "- ,6", NULL, ERROR_SYNTAX},
	{TCP, "5 -", "T:5-65535", 0},
	{TCP, "5 - 7", NULL, ERROR_SYNTAX},
	{TCP, "1-5 ,6", "T:1-6", 0},
	{TCP, "1-5 6", NULL, ERROR_SYNTAX},
	{TCP, "[10-", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "10-alpha", NULL, ERROR_SYNTAX},
	{TCP, "alpha*beta", NULL, ERROR_NOT_FOUND},
	{TCP, "*alpha", "T:10", 0},
	{TCP, "?", NULL, ERROR_NOT_FOUND},
	{TCP, "?\?", NULL, ERROR_NOT_FOUND},
	{TCP, "a-b", NULL, ERROR_NOT_FOUND},
	{TCP, "beta-two", "T:21", 0},
	{TCP, "ALPHA,5", NULL, ERROR_SYNTAX},
	{TCP, "5,aLPHA", "T:5,10", 0},
	{TCP, "65535-", "T:65535", 0},
	{TCP, "65536-", NULL, ERROR_RANGE},
	{TCP, "65535-65536", NULL, ERROR_RANGE},
	{TCP, "0-", "T:0-65535", 0},
	{TCP, "-0-5", NULL, ERROR_RANGE},
	{TCP, "00000000000000000022", "T:22", 0},
	{TCP, "[10-21],[10-21]", "T:10,20-21", DUPLICATE},
	{TCP, "[5],6", "T:6", 0},
	{TCP, "1-10,alpha", "T:1-10", 0},
	{TCP, "alpha,10", "T:10", DUPLICATE},
	{TCP, "[alpha],10", "T:10", DUPLICATE},
	{TCP, "[10],alpha", "T:10", 0},
	{TCP, "5,T:5", "T:5", DUPLICATE},
	{TCP, "T:5,5", "T:5", DUPLICATE},
	{TCP, "a,a", NULL, ERROR_NOT_FOUND},
	{TCP, "alpha,alpha", "T:10", 0},
	{TCP, "alpha,al*", "T:10", 0},
	{TCP, "[0]", "", 0},
	{TCP, "[0-]", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "é", NULL, ERROR_SYNTAX},
	{TCP, "al\tpha", NULL, ERROR_NOT_FOUND},
	{TCP, "\t5", "T:5", 0},
	{TCP, "5,\t6", "T:5-6", 0},
	{TCP, "5\n", "T:5", 0},
	{TCP, "\"5\"", NULL, ERROR_SYNTAX},
	{TCP, "alpha;x", NULL, ERROR_NOT_FOUND},
	{TCP, "http_alt", NULL, ERROR_NOT_FOUND},
	{TCP, "10,20,", "T:10,20", 0},
	{TCP, "10,20, ", NULL, ERROR_SYNTAX},
	{TCP, "[10],[20] ", NULL, ERROR_SYNTAX},
	{TCP, "[10] ", NULL, ERROR_SYNTAX},
	{TCP, "[10] ,[20]", NULL, ERROR_SYNTAX},
	{TCP, " [10]", "T:10", 0},
	{TCP, "[ 10]", "T:10", 0},
	{TCP, "[10 ]", "T:10", 0},
	{TCP, "[-10", "T:10", 0},
	{TCP, "[10,20", "T:10,20", 0},
	{TCP, "[T:10,U:10-31", "T:10 U:10,31", NO_SCAN},
	{TCP, "T:[U:10],20", "T:20 U:10", NO_SCAN},
	{TCP, "*,5", "T:5,10,20-21,30,40,50,8080", 0},
	{TCP, "T:*", "T:10,20-21,30,40,50,8080", 0},
	{TCP, "alpha,65536", NULL, ERROR_RANGE},
	{TCP, "T:5:6", NULL, ERROR_SYNTAX},
	{TCP, "5:6", NULL, ERROR_SYNTAX},
	{TCP, "5,:", NULL, ERROR_SYNTAX},
	{TCP, "::", NULL, ERROR_SYNTAX},
	{TCP, ":5", NULL, ERROR_SYNTAX},
	{TCP, "T::5", NULL, ERROR_SYNTAX},
	{TCP, " T:5", "T:5", 0},
	{TCP, "T:5,T", NULL, ERROR_SYNTAX},
	{TCP, "TT:5", NULL, ERROR_SYNTAX},
	{TCP, "T:U:10", "U:10", NO_SCAN},
};

static struct services *services;

static int make_services(void **state)
{
	return services_parse(services_text, sizeof(services_text) - 1, &services, NULL) ||
	       services_parse_protocols(services, protocols_text, sizeof(protocols_text) - 1, NULL);
}

static int free_services(void **state)
{
	services_free(services);
	return 0;
}

static void note_warning(void *self, const char *text)
{
	*(int *)self |= strstr(text, "more than once") ? DUPLICATE : NO_SCAN;
}

static void format_rules(const struct port_rules *rules, struct buf *out)
{
	for (int i = 0; i < TRANSPORTS; i++) {
		if (!rules->of[i].count)
			continue;
		buf_addf(out, "%s%c:", out->len ? " " : "", "TUSP"[i]);
		portset_format(&rules->of[i], out);
	}
}

static void check(const struct golden *golden)
{
	static struct port_rules rules;
	struct buf got = BUF_INIT;
	struct diag diag = {0};
	int warnings = 0, r;
	const struct port_list_request request = {
		.services = services,
		.transports = golden->scans,
		.prefixes = true,
		.warn = note_warning,
		.self = &warnings,
	};

	memset(&rules, 0, sizeof(rules));
	r = port_list_parse(golden->list, &request, &rules, &diag);
	format_rules(&rules, &got);
	if (golden->wanted) {
		if (r || strcmp(buf_str(&got), golden->wanted) ||
		    warnings != golden->error_or_warnings)
			fail_msg("'%s': %d %s warnings %d (%s)", golden->list, r, buf_str(&got),
				 warnings, diag.text);
	} else if (r != golden->error_or_warnings || !diag.column || !*diag.text ||
		   diag.column > strlen(golden->list) + 1) {
		fail_msg("'%s': %d at %u: %s", golden->list, r, diag.column, diag.text);
	}
	buf_release(&got);
}

static void lists_are_taken_as_nmap_takes_them(void **state)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		check(&table[i]);
}

/* --exclude-ports and -iL rules ask for every transport at once. */
static void numbers_go_to_every_transport(void **state)
{
	static const struct golden all[] = {
		{TCP | UDP | SCTP | IP, "10", "T:10 U:10 S:10 P:10", 0},
		{TCP | UDP | SCTP | IP, "300", "T:300 U:300 S:300", 0},
		{TCP | IP, "250-260", "T:250-260 P:250-255", 0},
		{TCP | IP, "P:0-1,T:80", "T:80 P:0-1", 0},
		{TCP | IP, "P:256", NULL, ERROR_RANGE},
		{TCP | UDP | SCTP | IP, "beta-two", "T:21 S:21", 0},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		check(&all[i]);
}

static void the_column_points_at_the_fault(void **state)
{
	static const struct {
		const char *list;
		unsigned column;
	} faults[] = {
		{"22,,23", 4},    {"22,70000", 4}, {"1,9-5", 3}, {"1,2,nosuch", 5}, {"1,Z:5", 3},
		{"1,[2,[3]]", 6}, {"1,2]", 4},     {"22 23", 4}, {"5-x", 3},        {"", 1},
	};
	static struct port_rules rules;
	struct port_list_request request = {
		.services = services, .transports = TCP, .prefixes = true};
	struct diag diag;

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		assert_true(port_list_parse(faults[i].list, &request, &rules, &diag) < 0);
		if (diag.column != faults[i].column)
			fail_msg("'%s': column %u: %s", faults[i].list, diag.column, diag.text);
	}
	/* No one needs to listen. */
	assert_true(port_list_parse("x", &request, &rules, NULL) < 0);
	assert_int_equal(port_list_parse("U:5,T:5,5", &request, &rules, NULL), 0);
}

static void prefixes_are_refused_where_they_mean_nothing(void **state)
{
	static struct port_rules rules;
	struct port_list_request request = {.services = services, .transports = TCP};
	struct diag diag;

	assert_int_equal(port_list_parse("80,T:443", &request, &rules, &diag), ERROR_SYNTAX);
	assert_int_equal(diag.column, 4);
	assert_int_equal(port_list_parse("80,443,alpha", &request, &rules, &diag), 0);
}

static void ports_add_to_what_is_there(void **state)
{
	static struct port_rules rules;
	struct port_list_request request = {.services = services, .transports = TCP};
	struct buf got = BUF_INIT;

	memset(&rules, 0, sizeof(rules));
	assert_int_equal(port_list_parse("80", &request, &rules, NULL), 0);
	assert_int_equal(port_list_parse("81", &request, &rules, NULL), 0);
	format_rules(&rules, &got);
	assert_string_equal(buf_str(&got), "T:80-81");
	buf_release(&got);
}

static void a_name_too_long_to_be_one_is_refused(void **state)
{
	static struct port_rules rules;
	struct port_list_request request = {.services = services, .transports = TCP};
	char name[200];
	struct diag diag;

	memset(name, '*', sizeof(name));
	name[127] = '\0';
	assert_int_equal(port_list_parse(name, &request, &rules, &diag), 0);
	name[127] = '*';
	name[128] = '\0';
	assert_int_equal(port_list_parse(name, &request, &rules, &diag), ERROR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_taken_as_nmap_takes_them),
		cmocka_unit_test(numbers_go_to_every_transport),
		cmocka_unit_test(the_column_points_at_the_fault),
		cmocka_unit_test(prefixes_are_refused_where_they_mean_nothing),
		cmocka_unit_test(ports_add_to_what_is_there),
		cmocka_unit_test(a_name_too_long_to_be_one_is_refused),
	};

	return cmocka_run_group_tests(tests, make_services, free_services);
}
