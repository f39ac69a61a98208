#include "os_fixture.h"

#include "detect/os/os_evidence_private.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>

/* Two kernels that only T7 tells apart, and another system. */
static const char prints[] =
	"MatchPoints\n"
	"SEQ(TI=100%TS=100%SP=25)\nOPS(O1=20%O2=20)\nWIN(W1=15)\n"
	"ECN(R=100%DF=20%CC=100)\nT1(R=100%DF=20%TG=15%S=20%A=20%F=30)\n"
	"T2(R=80)\nT3(R=80)\nT4(R=100%W=25)\nT5(R=100%W=25%F=30)\nT6(R=100%W=25)\nT7(R=80%W=25)\n"
	"U1(R=50%IPL=100%UN=100%RIPL=100%RID=100%RIPCK=100%RUCK=100%RUD=100)\n"
	"IE(R=50%DFI=40%CD=100)\n\n"
	"Fingerprint Linux 5.10\nClass Linux | Linux | 5.X | general purpose\n"
	"SEQ(TI=Z%TS=A%SP=100)\nOPS(O1=M5B4ST11NW7%O2=M578ST11NW7)\nWIN(W1=FE88)\n"
	"ECN(R=Y%DF=Y%CC=Y)\nT1(R=Y%DF=Y%TG=40%S=O%A=S+%F=AS)\nT2(R=N)\nT3(R=N)\n"
	"T4(R=Y%W=0)\nT5(R=Y%W=0%F=AR)\nT6(R=Y%W=0)\nT7(R=Y%W=0)\n"
	"U1(R=Y%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\nIE(R=Y%DFI=N%CD=S)\n\n"
	"Fingerprint Linux 6.1\nClass Linux | Linux | 6.X | general purpose\n"
	"SEQ(TI=Z%TS=A%SP=100)\nOPS(O1=M5B4ST11NW7%O2=M578ST11NW7)\nWIN(W1=FE88)\n"
	"ECN(R=Y%DF=Y%CC=Y)\nT1(R=Y%DF=Y%TG=40%S=O%A=S+%F=AS)\nT2(R=N)\nT3(R=N)\n"
	"T4(R=Y%W=0)\nT5(R=Y%W=0%F=AR)\nT6(R=Y%W=0)\nT7(R=N)\n"
	"U1(R=Y%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\nIE(R=Y%DFI=N%CD=S)\n\n"
	"Fingerprint Windows 10\nClass Microsoft | Windows | 10 | general purpose\n"
	"SEQ(TI=I%TS=U%SP=100)\nOPS(O1=M5B4NW8NNS%O2=M578NW8NNS)\nWIN(W1=FFFF)\n"
	"ECN(R=Y%DF=Y%CC=N)\nT1(R=Y%DF=Y%TG=80%S=O%A=S+%F=AS)\nT2(R=Y%DF=Y)\nT3(R=Y%DF=Y)\n"
	"T4(R=Y%W=0)\nT5(R=Y%W=0%F=AR)\nT6(R=Y%W=0)\nT7(R=Y%W=0)\n"
	"U1(R=Y%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\nIE(R=Y%DFI=N%CD=Z)\n";

#define SEQUENCE_TESTS "SEQ(TI=Z%TS=A%SP=100)OPS(O1=M5B4ST11NW7%O2=M578ST11NW7)WIN(W1=FE88)"
#define FIRST_TEST     "T1(R=Y%DF=Y%TG=40%S=O%A=S+%F=AS)"
#define OTHER_TESTS                                                              \
	"ECN(R=Y%DF=Y%CC=Y)T2(R=N)T3(R=N)T4(R=Y%W=0)T5(R=Y%W=0%F=AR)T6(R=Y%W=0)" \
	"U1(R=Y%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)IE(R=Y%DFI=N%CD=S)"

/* ------------------------------------------------- a host */

struct host {
	struct os_evidence *evidence;
	struct os_db *db;
	struct arena arena;
	struct os_evidence_input input;
	struct system_order order;
	struct system_hint hints[64];
	struct os_fingerprint print;
	struct os_verdict verdict;
};

static struct host *host_new(const char *db)
{
	struct host *host = calloc(1, sizeof(*host));

	assert_non_null(host);
	host->db = db ? db_of(db) : NULL;
	assert_int_equal(db ? os_db_left_out(host->db) : 0, 0);
	assert_int_equal(os_evidence_new(host->db, &host->evidence), 0);
	host->input.order = &host->order;
	host->order.hints = host->hints;
	return host;
}

static void host_free(struct host *host)
{
	arena_release(&host->arena);
	os_evidence_free(host->evidence);
	os_db_free(host->db);
	free(host);
}

static const uint8_t mss[] = {2, 4, 5, 0xb4};

static void answers(struct host *host, uint8_t ttl, bool df, uint16_t id, uint16_t window)
{
	host->order.syn_ack = (struct system_syn_ack){.seen = true,
						      .ttl = ttl,
						      .dont_fragment = df,
						      .id = id,
						      .window = window,
						      .options_bytes = sizeof(mss)};
	memcpy(host->order.syn_ack.options, mss, sizeof(mss));
}

static struct system_hint *says(struct host *host, const char *service, const char *product,
				const char *extrainfo)
{
	struct system_hint *hint = &host->hints[host->order.hints_count++];

	*hint = (struct system_hint){.transport = TRANSPORT_TCP,
				     .port = 22,
				     .service = service,
				     .product = product,
				     .extrainfo = extrainfo};
	return hint;
}

static void prints_as(struct host *host, const char *text)
{
	host->print = print_of(text);
	host->input.print = &host->print;
}

static void judge(struct host *host)
{
	double sum = 0;
	size_t i;

	assert_int_equal(
		os_evidence_judge(host->evidence, &host->input, &host->arena, &host->verdict), 0);
	assert_true(host->verdict.guesses_count > 0);
	for (i = 0; i < host->verdict.guesses_count; i++) {
		double own = host->verdict.guesses[i].probability;

		assert_true(own >= 0 && own <= 1);
		assert_true(!i || own <= host->verdict.guesses[i - 1].probability);
		sum += own;
	}
	assert_true(fabs(sum - 1) < 1e-9);
	for (i = 1; i < host->verdict.evidence_count; i++)
		assert_true(host->verdict.evidence[i].weight <=
			    host->verdict.evidence[i - 1].weight);
}

static double family(struct host *host, const char *name)
{
	double sum = 0;
	size_t i;

	judge(host);
	for (i = 0; i < host->verdict.guesses_count; i++)
		if (strcmp(host->verdict.guesses[i].family, name) == 0)
			sum += host->verdict.guesses[i].probability;
	return sum;
}

static double guess(struct host *host, const char *name)
{
	size_t i;

	judge(host);
	for (i = 0; i < host->verdict.guesses_count; i++)
		if (strcmp(host->verdict.guesses[i].name, name) == 0)
			return host->verdict.guesses[i].probability;
	return 0;
}

static const struct system_evidence *told(const struct host *host, const char *source)
{
	size_t i;

	for (i = 0; i < host->verdict.evidence_count; i++)
		if (strcmp(host->verdict.evidence[i].source, source) == 0)
			return &host->verdict.evidence[i];
	return NULL;
}

/* ------------------------------------------------- tables */

static void the_compiled_in_tables_are_sound(void **state)
{
	struct host *host = host_new(NULL);
	const struct os_systems *systems = &host->evidence->systems;
	double sum = 0;
	size_t i;

	assert_true(systems->count > 25);
	assert_string_equal(systems->all[systems->other].name, "something else");
	for (i = 0; i < systems->count; i++)
		sum += exp2(systems->all[i].prior);
	assert_true(fabs(sum - 1) < 1e-9);
	assert_true(host->evidence->stacks_count > 50 && host->evidence->words_count > 80);
	/* What a clue that agrees must not lower rests on this. */
	assert_true(host->evidence->fusion.damping <= 0.5);
	assert_true(host->evidence->fusion.ceiling_one <= 0.85);
	host_free(host);
}

static int parse(const char *name, const char *text, struct diag *diag)
{
	const struct text_file file = {name, text, strlen(text)};
	struct os_evidence_texts texts = {.systems = {0}};
	struct os_evidence *evidence = NULL;
	int r;

	if (strcmp(name, "systems") == 0)
		texts.systems = file;
	else if (strcmp(name, "fusion") == 0)
		texts.fusion = file;
	else if (strcmp(name, "stacks") == 0)
		texts.stacks = file;
	else
		texts.words = file;
	r = os_evidence_parse(&texts, NULL, &evidence, diag);
	os_evidence_free(evidence);
	return r;
}

static void a_bad_row_is_told_with_its_line(void **state)
{
	static const struct {
		const char *table, *text;
	} bad[] = {
		{"systems", "#\na\tA\ta\t1\ta\n"},
		{"systems", "#\na\tA\ta\tmuch\ta\t*\n"},
		{"systems", "#\na\tA\ta\t0\ta\t*\n"},
		{"systems", "a\tA\ta\t1\ta\t*\na\tA\ta\t1\ta\t*\n"},
		{"fusion", "#\nttl-right\tx\n"},
		{"fusion", "#\nttl-right\t0\n"},
		{"fusion", "#\nnothing\t1\n"},
		{"fusion", "ttl-right\t1\nttl-right\t1\n"},
		{"stacks", "#\nlinux-6\t90\tmss\t64\tY\tZ\t1\tM\t*\n"},
		{"stacks", "#\nlinux-66\t90\tmss\t64\tY\tZ\t1\tM\t*\tx\n"},
		{"stacks", "#\nlinux-6\t101\tmss\t64\tY\tZ\t1\tM\t*\tx\n"},
		{"stacks", "#\nlinux-6\t0\tmss\t64\tY\tZ\t1\tM\t*\tx\n"},
		{"stacks", "#\nlinux-6\t90\tsome\t64\tY\tZ\t1\tM\t*\tx\n"},
		{"stacks", "#\nlinux-6\t90\tmss\t64|*\tY\tZ\t1\tM\t*\tx\n"},
		{"stacks", "linux-6\t60\tmss\t64\tY\tZ\t1\tM\t*\tx\nlinux-"
			   "6\t60\tmss\t64\tY\tZ\t2\tM\t*\tx\n"},
		{"words", "#\nhint\ttext\tx\n"},
		{"words", "#\nsome\ttext\tx\tlinux-6=1\n"},
		{"words", "#\nhint\tsome\tx\tlinux-6=1\n"},
		{"words", "#\nhint\ttext\tx\tlinux-66=1\n"},
		{"words", "#\nhint\ttext\tx\tlinux-6=one\n"},
		{"words", "#\nhint\ttext\tx\tlinux-6\n"},
		{"words", "#\nhint\ttext\tx\t\n"},
		{"words", "#\nhint\ttext\tx\tlinux-6=1  linux-5=1\n"},
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct diag diag = {0};

		if (parse(bad[i].table, bad[i].text, &diag) != ERROR_SYNTAX || diag.line != 2)
			fail_msg("%zu: line %u, %s", i, diag.line, diag.text);
	}
	assert_int_equal(parse("fusion", "ttl-right\t0.9\n", NULL), ERROR_SYNTAX);
	assert_int_equal(parse("systems", "", NULL), ERROR_SYNTAX);
	assert_int_equal(parse("words", "", NULL), 0);
	assert_int_equal(parse("stacks", "# none", NULL), 0);
}

static void numbers_are_read_whole_or_not(void **state)
{
	static const char *const bad[] = {"",   "-",  ".5",         "5.",   "1e3", " 1",
					  "1 ", "+1", "1234567890", "1..2", "0x1", "nan"};
	double number = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (os_number_parse(bad[i], &number))
			fail_msg("'%s' is %f", bad[i], number);
	assert_true(number == 7);
	assert_true(os_number_parse("-12.25", &number) && number == -12.25);
	assert_true(os_number_parse("007", &number) && number == 7);
}

static void classes_find_their_system(void **state)
{
	static const struct {
		struct os_class found;
		const char *key;
	} classes[] = {
		{{"Linux", "Linux", "general purpose", "6.X", NULL, 0}, "linux-6"},
		{{"Linux", "Linux", "general purpose", "2.6.X", NULL, 0}, "linux-2.6"},
		{{"Microsoft", "Windows", "general purpose", "XP", NULL, 0}, "windows-xp"},
		{{"Microsoft", "Windows", "general purpose", "2012", NULL, 0}, "windows-7"},
		{{"Microsoft", "Windows", "general purpose", "2016", NULL, 0}, "windows-10"},
		{{"Microsoft", "Windows", "general purpose", "11", NULL, 0}, "windows-10"},
		{{"Apple", "Mac OS X", "general purpose", "10.7.X", NULL, 0}, "macos"},
		{{"HP", "embedded", "printer", NULL, NULL, 0}, "printer"},
		{{"HP", "embedded", "switch", NULL, NULL, 0}, "embedded"},
		{{"Nokia", "Symbian OS", "phone", NULL, NULL, 0}, "other"},
	};
	struct host *host = host_new(NULL);
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		size_t of = os_systems_of_class(&host->evidence->systems, &classes[i].found);

		assert_string_equal(host->evidence->systems.all[of].key, classes[i].key);
	}
	host_free(host);
}

/* ------------------------------------------------- each source alone */

static void with_nothing_known_only_the_prior_speaks(void **state)
{
	struct host *host = host_new(NULL);
	double linux_share = family(host, "Linux");

	assert_true(linux_share > 0.3 && linux_share <= 0.6);
	assert_int_equal(host->verdict.evidence_count, 0);
	host_free(host);
}

static void a_syn_ack_tells_stacks_apart(void **state)
{
	static const struct {
		uint8_t ttl;
		bool df;
		uint16_t id, window;
		const char *family;
	} seen[] = {
		{57, true, 0, 64240, "Linux"},     {50, true, 0, 29200, "Linux"},
		{64, true, 0, 5840, "Linux"},      {120, true, 4711, 8192, "Windows"},
		{128, true, 99, 65535, "Windows"}, {250, false, 7, 4128, "IOS"},
		{60, true, 321, 16384, "OpenBSD"},
	};
	size_t i;

	for (i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
		struct host *host = host_new(NULL);
		double own;

		answers(host, seen[i].ttl, seen[i].df, seen[i].id, seen[i].window);
		own = family(host, seen[i].family);
		if (own < 0.25 || own > 0.85 + 1e-9)
			fail_msg("%s: %f", seen[i].family, own);
		assert_string_equal(host->verdict.evidence[0].family, seen[i].family);
		host_free(host);
	}
}

static void the_first_window_tells_kernels_apart(void **state)
{
	struct host *host = host_new(NULL);
	double older, newer;

	answers(host, 64, true, 0, 29200);
	older = guess(host, "Linux 4.X");
	assert_true(older > guess(host, "Linux 6.X") * 3);
	answers(host, 64, true, 0, 64240);
	newer = guess(host, "Linux 6.X");
	assert_true(newer > guess(host, "Linux 4.X") * 3);
	/* A path that takes smaller segments changes the number, not the factor. */
	host->order.syn_ack.window = 1360 * 48;
	host->order.syn_ack.options[2] = 1360 >> 8;
	host->order.syn_ack.options[3] = 1360 & 0xff;
	assert_true(guess(host, "Linux 6.X") > guess(host, "Linux 4.X") * 3);
	host_free(host);
}

static void what_was_seen_is_said_in_words(void **state)
{
	struct host *host = host_new(NULL);

	answers(host, 57, true, 0, 64240);
	host->input.has_distance = true;
	host->input.distance = 1;
	says(host, "ssh", "OpenSSH", "Debian 2+deb12u3; protocol 2.0")->version = "9.2p1";
	host->hints[0].ostype = "Linux";
	host->input.vendor = "Raspberry Pi Trading";
	host->order.name = "raspberrypi.lan";
	judge(host);
	assert_string_equal(told(host, "syn-ack")->says,
			    "initial TTL 64, DF set, window 64240, options M");
	assert_string_equal(told(host, "ssh on port 22/tcp")->says,
			    "OpenSSH 9.2p1 (Debian 2+deb12u3; protocol 2.0) for Linux");
	assert_string_equal(told(host, "hardware address")->says, "Raspberry Pi Trading");
	assert_string_equal(told(host, "host name")->says, "raspberrypi.lan");
	assert_string_equal(told(host, "host name")->family, "Linux");
	assert_non_null(strstr(told(host, "distance")->says, "TTL 57 of 64"));
	assert_null(told(host, "distance")->family);
	assert_null(told(host, "contradiction"));
	host_free(host);
}

static void services_say_what_they_run_on(void **state)
{
	static const struct {
		const char *service, *product, *extrainfo, *ostype, *cpe, *family;
	} seen[] = {
		{"ssh", "OpenSSH", "Debian 2+deb12u3; protocol 2.0", NULL, NULL, "Linux"},
		{"http", "Apache httpd", "Ubuntu", NULL, NULL, "Linux"},
		{"ssh", NULL, NULL, NULL, "cpe:/o:canonical:ubuntu_linux", "Linux"},
		{"x", NULL, NULL, "Windows", NULL, "Windows"},
		{"microsoft-ds", "Microsoft Windows SMB", "SMB 3", NULL, NULL, "Windows"},
		{"msrpc", NULL, NULL, NULL, NULL, "Windows"},
		{"ssh", "OpenSSH", "FreeBSD 20231004", NULL, NULL, "FreeBSD"},
		{"ssh", NULL, NULL, NULL, "cpe:/o:mikrotik:routeros", "RouterOS"},
		{"jetdirect", NULL, NULL, NULL, NULL, "printer"},
		{"microsoft-ds", "Samba smbd", "Windows 6.1", NULL, NULL, "Linux"},
	};
	size_t i;

	for (i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
		struct host *host = host_new(NULL);
		struct system_hint *hint =
			says(host, seen[i].service, seen[i].product, seen[i].extrainfo);
		double own;

		hint->ostype = seen[i].ostype;
		hint->cpe_o = seen[i].cpe;
		own = family(host, seen[i].family);
		if (own < 0.4 || own > 0.85 + 1e-9)
			fail_msg("%zu, %s: %f", i, seen[i].family, own);
		host_free(host);
	}
}

static void a_release_points_to_its_kernel(void **state)
{
	struct host *host = host_new(NULL);

	says(host, "ssh", "OpenSSH", "Debian 2+deb12u3")->version = "9.2p1";
	assert_true(guess(host, "Linux 6.X") > 2 * guess(host, "Linux 5.X"));
	host->order.hints_count = 0;
	says(host, "ssh", "OpenSSH", "Debian 5+deb11u1")->version = "8.4p1";
	assert_true(guess(host, "Linux 5.X") > 2 * guess(host, "Linux 6.X"));
	host->order.hints_count = 0;
	says(host, "ms-wbt-server", "Microsoft Terminal Services", "Windows 10.0.19041");
	assert_true(guess(host, "Windows 10 / 11 / Server 2016 - 2025") > 0.5);
	host_free(host);
}

static void hardware_and_names_say_a_little(void **state)
{
	static const struct {
		const char *vendor, *name, *family;
	} seen[] = {
		{"Apple", NULL, "macOS"},
		{"Routerboard.com", NULL, "RouterOS"},
		{"Brother Industries", NULL, "printer"},
		{NULL, "DESKTOP-8KQ3ABC", "Windows"},
		{NULL, "raspberrypi.lan", "Linux"},
		{NULL, "iPhone.local", "iOS"},
		{NULL, "android-3f2a", "Android"},
		{NULL, "BRN30055C112233", "printer"},
	};
	struct host *host = host_new(NULL);
	size_t i;

	for (i = 0; i < sizeof(seen) / sizeof(*seen); i++) {
		double before, after;

		host->input.vendor = host->order.name = NULL;
		before = family(host, seen[i].family);
		host->input.vendor = seen[i].vendor;
		host->order.name = seen[i].name;
		after = family(host, seen[i].family);
		if (after < before + 0.05 || after > 0.85 + 1e-9)
			fail_msg("%s: %f, then %f", seen[i].family, before, after);
		assert_string_equal(host->verdict.evidence[0].family, seen[i].family);
	}
	host->input.vendor = "Nobody's Cards";
	host->order.name = "host.example";
	judge(host);
	assert_int_equal(host->verdict.evidence_count, 0);
	host_free(host);
}

static void a_print_that_fits_nails_its_family(void **state)
{
	struct host *host = host_new(prints);
	double own;

	prints_as(host, SEQUENCE_TESTS FIRST_TEST OTHER_TESTS "T7(R=N)");
	own = family(host, "Linux");
	assert_true(own > 0.85 && own <= 0.95 + 1e-9);
	assert_true(guess(host, "Linux 6.X") > guess(host, "Linux 5.X") * 1.5);
	assert_non_null(strstr(told(host, "print")->says, "100% like Linux 6.1"));
	/* T7 tells the kernels apart, and so the print nails one: till something disputes it. */
	assert_true(guess(host, "Linux 6.X") > 0.86);
	says(host, "ssh", "OpenSSH", "Debian 5+deb11u1")->version = "8.4p1";
	assert_true(guess(host, "Linux 6.X") <= 0.85 + 1e-9);
	assert_true(family(host, "Linux") > own);
	host_free(host);
}

static void a_print_that_fits_nothing_is_something_else(void **state)
{
	struct host *host = host_new(prints);
	double before = family(host, "something else");

	prints_as(host,
		  "SEQ(TI=RI%TS=7%SP=1)OPS(O1=%O2=)WIN(W1=1)ECN(R=N)"
		  "T1(R=Y%DF=N%TG=FF%S=Z%A=O%F=AR)T2(R=Y%DF=N)T3(R=Y%DF=N)T4(R=N)T5(R=N)T6(R=N)"
		  "U1(R=N)IE(R=N)");
	assert_true(family(host, "something else") > before);
	/* Of kernels that the database does not have it says nothing. */
	assert_true(guess(host, "Linux 6.X") < 0.1 && guess(host, "Linux 4.X") > 0.1);
	host_free(host);
}

/* Nobody's database has all versions of a system: what fits none of its entries may still be
 * one of it, and is not ruled out as far as bits go. */
static void a_variant_of_a_known_system_is_possible(void **state)
{
	struct host *host = host_new(prints);
	double share;

	prints_as(host, "SEQ(TI=RI%TS=7%SP=1)OPS(O1=L%O2=L)WIN(W1=1)ECN(R=N)"
			"T1(R=Y%DF=N%TG=FF%S=Z%A=O%F=AR)T2(R=N)T3(R=N)T4(R=N)T5(R=N)T6(R=N)"
			"T7(R=Y%W=7)U1(R=N)IE(R=N)");
	share = guess(host, "Windows 10 / 11 / Server 2016 - 2025");
	if (share < 0.01 || share > 0.1)
		fail_msg("%f", share);
	host_free(host);
}

/* A reference print of what is not in the table of systems says that it is something else. */
static void a_system_that_is_not_in_the_table_may_be_in_the_database(void **state)
{
	char other[sizeof(prints)], *at;
	struct host *host;

	memcpy(other, prints, sizeof(prints));
	at = strstr(other, "Microsoft | Windows | 10");
	memcpy(at, "Nokia | Symbian OS | 900", 24);
	host = host_new(other);
	prints_as(host, "SEQ(TI=I%TS=U%SP=100)OPS(O1=M5B4NW8NNS%O2=M578NW8NNS)WIN(W1=FFFF)"
			"ECN(R=Y%DF=Y%CC=N)T1(R=Y%DF=Y%TG=FF%S=O%A=S+%F=AS)T2(R=Y%DF=Y)"
			"T3(R=Y%DF=Y)T4(R=Y%W=0)T5(R=Y%W=0%F=AR)T6(R=Y%W=0)T7(R=Y%W=0)");
	assert_true(family(host, "something else") > 0.5);
	host_free(host);
}

static void a_print_of_few_tests_counts_less(void **state)
{
	struct host *host = host_new(prints);
	double share;

	prints_as(host, "ECN(R=Y%DF=Y%CC=N)");
	share = guess(host, "Linux 6.X");
	if (share < 0.01 || share > 0.1)
		fail_msg("%f", share);
	host_free(host);
}

static void traits_of_a_print_need_no_database(void **state)
{
	struct host *host = host_new(NULL);

	prints_as(host, SEQUENCE_TESTS FIRST_TEST "ECN(R=Y%DF=Y%TG=40%W=FAF0%O=M5B4NNSNW7%CC=Y)");
	assert_true(family(host, "Linux") > 0.7);
	assert_string_equal(told(host, "first sequence probe")->says,
			    "initial TTL 64, DF set, window 65160, options MSTNW");
	assert_string_equal(told(host, "ECN probe")->says,
			    "initial TTL 64, DF set, window 64240, options MNNSNW");
	prints_as(host, "SEQ(TI=I%TS=U)OPS(O1=M5B4NW8NNS)WIN(W1=FFFF)"
			"T1(R=Y%DF=Y%TG=80%S=O%A=S+%F=AS)");
	assert_true(family(host, "Windows") > 0.7);
	/* Only ICMP comes through. */
	prints_as(host, "IE(R=Y%DFI=N%TG=80%CD=Z)");
	assert_true(family(host, "Windows") > 0.6);
	assert_string_equal(told(host, "echo replies")->says, "initial TTL 128, DF never, code 0");
	prints_as(host, "IE(R=Y%DFI=N%T=40%CD=S)");
	assert_true(family(host, "Linux") > 0.6);
	/* A reset says nothing of what is offered. */
	prints_as(host, "OPS(O1=)WIN(W1=0)T1(R=Y%DF=Y%TG=40%S=Z%A=S+%F=AR)");
	judge(host);
	assert_int_equal(host->verdict.evidence_count, 0);
	host_free(host);
}

static void a_scale_of_zero_is_an_old_windows(void **state)
{
	struct host *host = host_new(NULL);
	double old;

	prints_as(host, "SEQ(TI=I%TS=0)OPS(O1=M5B4NW0NNT00NNS)WIN(W1=FFFF)"
			"T1(R=Y%DF=Y%TG=80%S=O%A=S+%F=AS)");
	old = guess(host, "Windows XP / Server 2003 or older");
	assert_true(old > guess(host, "Windows 10 / 11 / Server 2016 - 2025"));
	prints_as(host, "SEQ(TI=I%TS=0)OPS(O1=M5B4NW8NNT00NNS)WIN(W1=FFFF)"
			"T1(R=Y%DF=Y%TG=80%S=O%A=S+%F=AS)");
	assert_true(old > guess(host, "Windows XP / Server 2003 or older") + 0.05);
	host_free(host);
}

static void the_model_speaks_where_there_is_no_print(void **state)
{
	static const struct os_class freebsd = {"FreeBSD", "FreeBSD", "general purpose",
						"13.X",    NULL,      0};
	const struct os_class_match classes[] = {{&freebsd, 0.99}};
	struct host *host = host_new(NULL);
	double before = family(host, "FreeBSD");

	host->input.classes = classes;
	host->input.classes_count = 1;
	assert_true(family(host, "FreeBSD") > before * 5);
	assert_true(family(host, "FreeBSD") <= 0.85 + 1e-9);
	assert_string_equal(told(host, "print")->says, "99% FreeBSD 13.X by the model");
	host_free(host);
}

/* ------------------------------------------------- together */

static void agreement_says_more_than_one_kind_alone(void **state)
{
	struct host *host = host_new(NULL);

	answers(host, 57, true, 0, 64240);
	says(host, "ssh", "OpenSSH", "Ubuntu 3ubuntu13")->version = "9.6p1";
	assert_true(family(host, "Linux") > 0.9 && family(host, "Linux") <= 0.95 + 1e-9);
	host->input.vendor = "Raspberry Pi Trading";
	assert_true(family(host, "Linux") > 0.95 && family(host, "Linux") <= 0.98 + 1e-9);
	assert_false(host->verdict.contradiction);
	host_free(host);
}

static void a_windows_banner_behind_a_linux_stack_is_told(void **state)
{
	struct host *host = host_new(NULL);
	double before;

	answers(host, 57, true, 0, 64240);
	before = family(host, "Linux");
	says(host, "http", "Microsoft IIS httpd", NULL)->version = "10.0";
	host->hints[0].ostype = "Windows";
	assert_true(family(host, "Linux") < before);
	assert_true(family(host, "Linux") <= 0.75 + 1e-9 && family(host, "Windows") <= 0.75 + 1e-9);
	assert_true(host->verdict.contradiction);
	assert_string_equal(
		told(host, "contradiction")->says,
		"the stack says Linux, services Windows: a forwarded port, a translator "
		"or a mask");
	host_free(host);
}

static void an_android_is_no_contradiction_to_linux(void **state)
{
	struct host *host = host_new(NULL);

	answers(host, 57, true, 0, 5840);
	host->order.name = "android-3f2a";
	host->input.vendor = "Samsung Electronics";
	judge(host);
	assert_false(host->verdict.contradiction);
	host_free(host);
}

/* All subsets of what speaks for a family, and each with one piece more. */
static void fill_agreeing(struct host *host, unsigned set)
{
	host->order.hints_count = 0;
	host->order.syn_ack.seen = false;
	host->input.print = NULL;
	host->order.name = set & 1 ? "debian" : NULL;
	host->input.vendor = set & 2 ? "Raspberry Pi Trading" : NULL;
	if (set & 4)
		says(host, "ssh", "OpenSSH", "Ubuntu 3ubuntu13");
	if (set & 8)
		says(host, "http", "lighttpd", NULL);
	if (set & 16)
		says(host, "http", "Apache httpd", "Debian")->ostype = "Linux";
	if (set & 32)
		answers(host, 57, true, 0, 64240);
	if (set & 64)
		prints_as(host, SEQUENCE_TESTS FIRST_TEST);
	if (set & 128)
		prints_as(host, SEQUENCE_TESTS FIRST_TEST OTHER_TESTS);
}

static void evidence_that_agrees_never_lowers(void **state)
{
	struct host *host = host_new(prints);
	double shares[256];
	unsigned set, bit;

	for (set = 0; set < 256; set++) {
		fill_agreeing(host, set);
		shares[set] = family(host, "Linux");
	}
	for (set = 0; set < 256; set++)
		for (bit = 1; bit < 256; bit <<= 1)
			if (shares[set | bit] < shares[set] - 1e-9)
				fail_msg("%02x: %f, with %02x: %f", set, shares[set], bit,
					 shares[set | bit]);
	assert_true(shares[255] > shares[0] + 0.3);
	host_free(host);
}

/* Each counts half of the one before: all together twice the first. */
static void many_weak_words_are_not_a_strong_one(void **state)
{
	struct host *host = host_new(NULL);
	struct os_opinion opinion;
	struct os_trial trial;
	double bits[2];
	size_t i;

	for (i = 0; i < 30; i++) {
		says(host, "http", "lighttpd", NULL);
		assert_int_equal(os_trial_hear(host->evidence, &host->input, &host->arena, &trial),
				 0);
		os_fuse(&trial, &opinion);
		bits[i > 0] =
			os_family_bits(&host->evidence->systems, opinion.groups[OS_GROUP_WORDS], 0);
	}
	assert_true(bits[0] > 1 && bits[1] > bits[0] && bits[1] <= bits[0] * 2 + 0.3);
	host_free(host);
}

static void a_generation_is_as_sure_as_one_kind_of_evidence(void **state)
{
	static const char name[] = "Windows 10 / 11 / Server 2016 - 2025";
	struct host *host = host_new(NULL);

	answers(host, 128, true, 77, 65535);
	says(host, "ms-wbt-server", "Microsoft Terminal Services", "Windows 10.0.19041");
	host->order.name = "DESKTOP-8KQ3ABC";
	assert_true(family(host, "Windows") > 0.95);
	assert_true(guess(host, name) > 0.8 && guess(host, name) <= 0.85 + 1e-9);
	host_free(host);
}

static void one_banner_on_many_ports_is_one_voice(void **state)
{
	struct host *host = host_new(NULL);
	size_t i;

	for (i = 0; i < 64; i++)
		says(host, "ssh", "OpenSSH", "Debian 2+deb12u3");
	assert_true(family(host, "Linux") <= 0.85 + 1e-9);
	assert_true(host->verdict.evidence_count <= OS_CLUES_MAX + 1);
	host_free(host);
}

static void what_strangers_say_is_safe_to_show(void **state)
{
	struct host *host = host_new(NULL);
	char text[2000] = "Debian \x1b[31m\n\xff";

	memset(text + 11, 'x', sizeof(text) - 12);
	says(host, "ssh\x1b[2J", "OpenSSH", text);
	judge(host);
	assert_int_equal(host->verdict.evidence_count, 1);
	assert_null(strchr(host->verdict.evidence[0].says, 0x1b));
	assert_null(strchr(host->verdict.evidence[0].source, 0x1b));
	assert_true(strlen(host->verdict.evidence[0].says) < 700);
	host_free(host);
}

/* ------------------------------------------------- when to stop */

#define ASKED(test) (1u << OS_TEST_##test)

static bool settled(struct host *host)
{
	return os_evidence_settled(host->evidence, &host->input);
}

static void it_is_settled_when_all_was_asked_and_not_before_anything_was(void **state)
{
	struct host *host = host_new(prints);

	assert_false(settled(host));
	answers(host, 57, true, 0, 64240);
	says(host, "ssh", "OpenSSH", "Ubuntu 3ubuntu13");
	assert_false(settled(host));
	host->input.asked = (1u << OS_TESTS) - 1;
	assert_true(settled(host));
	host_free(host);
}

/* T7 alone tells the two kernels apart. */
static void it_is_not_settled_while_a_test_can_turn_it(void **state)
{
	struct host *host = host_new(prints);

	answers(host, 57, true, 0, 64240);
	says(host, "ssh", "OpenSSH", "Ubuntu 3ubuntu13");
	prints_as(host, SEQUENCE_TESTS FIRST_TEST OTHER_TESTS);
	host->input.asked = ((1u << OS_TESTS) - 1) & ~ASKED(T7);
	assert_false(settled(host));
	prints_as(host, SEQUENCE_TESTS FIRST_TEST OTHER_TESTS "T7(R=N)");
	host->input.asked |= ASKED(T7);
	assert_true(settled(host));
	host_free(host);
}

/* Without the kernel that differs, what is left to ask cannot turn a sure answer. */
static void it_is_settled_when_what_is_left_tells_nothing_new(void **state)
{
	char one[sizeof(prints)];
	struct host *host;
	char *from, *to;

	memcpy(one, prints, sizeof(prints));
	from = strstr(one, "Fingerprint Linux 5.10");
	to = strstr(one, "Fingerprint Linux 6.1");
	memmove(from, to, strlen(to) + 1);
	host = host_new(one);
	answers(host, 57, true, 0, 64240);
	says(host, "ssh", "OpenSSH", "Debian 2+deb12u3")->version = "9.2p1";
	prints_as(host, SEQUENCE_TESTS FIRST_TEST OTHER_TESTS);
	host->input.asked = ((1u << OS_TESTS) - 1) & ~ASKED(T7);
	assert_true(settled(host));
	/* A contradiction is a reason to go on. */
	host->order.hints_count = 0;
	says(host, "http", "Microsoft IIS httpd", NULL)->ostype = "Windows";
	assert_false(settled(host));
	host_free(host);
}

/* Two kernels that no test tells apart: which of them it is will not come out. */
static void it_is_settled_when_rivals_expect_the_same(void **state)
{
	char same[sizeof(prints)], *at;
	struct host *host;

	memcpy(same, prints, sizeof(prints));
	at = strstr(same, "T7(R=Y%W=0)"); /* of the first kernel; a comment fills the line */
	memcpy(at, "T7(R=N)\n###", 11);
	host = host_new(same);
	answers(host, 57, true, 0, 64240);
	says(host, "ssh", "OpenSSH", "protocol 2.0; Ubuntu");
	prints_as(host, SEQUENCE_TESTS FIRST_TEST OTHER_TESTS);
	host->input.asked = ((1u << OS_TESTS) - 1) & ~ASKED(T7);
	assert_true(guess(host, "Linux 6.X") < 0.7 && guess(host, "Linux 5.X") > 0.2);
	assert_true(settled(host));
	host_free(host);
}

/* ------------------------------------------------- short of memory, many cases */

static int make_short_of_memory(void *self)
{
	struct os_evidence *evidence = NULL;
	int r = os_evidence_new(self, &evidence);

	os_evidence_free(evidence);
	return r;
}

static int judge_short_of_memory(void *self)
{
	struct host *host = self;
	struct arena arena = ARENA_INIT;
	struct os_verdict verdict;
	int r = os_evidence_judge(host->evidence, &host->input, &arena, &verdict);

	if (r == 0)
		os_evidence_settled(host->evidence, &host->input);
	arena_release(&arena);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	struct host *host = host_new(prints);

	support_each_allocation_fails(make_short_of_memory, host->db, 200);
	fill_agreeing(host, 255);
	support_each_allocation_fails(judge_short_of_memory, host, 200);
	host_free(host);
}

/* The labelled cases through the tool of the benches: not one that is wrong above 85 %, and what
 * is said above 80 % is right in at least 80 of 100. */
static void labelled_cases_are_never_surely_wrong(void **state)
{
	const char *tools = getenv("PORTOLAN_TEST_TOOLS"), *root = getenv("PORTOLAN_SOURCE_ROOT");
	unsigned cases = 0, sure = 0, right = 0, is_right;
	char command[1024], line[1024];
	double probability;
	FILE *out;

	if (!tools || !root)
		skip();
	snprintf(command, sizeof(command), "%s/os_judge %s/data/os/cases/*.cases", tools, root);
	out = popen(command, "re");
	assert_non_null(out);
	while (fgets(line, sizeof(line), out)) {
		assert_int_equal(sscanf(line, "%*[^\t]\t%u\t%lf", &is_right, &probability), 2);
		if (!is_right && probability > 0.8501)
			fail_msg("%s", line);
		sure += probability > 0.8;
		right += probability > 0.8 && is_right;
		cases++;
	}
	assert_int_equal(pclose(out), 0);
	assert_true(cases > 500 && sure > 300 && right * 10 >= sure * 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_compiled_in_tables_are_sound),
		cmocka_unit_test(a_bad_row_is_told_with_its_line),
		cmocka_unit_test(numbers_are_read_whole_or_not),
		cmocka_unit_test(classes_find_their_system),
		cmocka_unit_test(with_nothing_known_only_the_prior_speaks),
		cmocka_unit_test(a_syn_ack_tells_stacks_apart),
		cmocka_unit_test(the_first_window_tells_kernels_apart),
		cmocka_unit_test(what_was_seen_is_said_in_words),
		cmocka_unit_test(services_say_what_they_run_on),
		cmocka_unit_test(a_release_points_to_its_kernel),
		cmocka_unit_test(hardware_and_names_say_a_little),
		cmocka_unit_test(a_print_that_fits_nails_its_family),
		cmocka_unit_test(a_print_that_fits_nothing_is_something_else),
		cmocka_unit_test(a_variant_of_a_known_system_is_possible),
		cmocka_unit_test(a_system_that_is_not_in_the_table_may_be_in_the_database),
		cmocka_unit_test(a_print_of_few_tests_counts_less),
		cmocka_unit_test(traits_of_a_print_need_no_database),
		cmocka_unit_test(a_scale_of_zero_is_an_old_windows),
		cmocka_unit_test(the_model_speaks_where_there_is_no_print),
		cmocka_unit_test(agreement_says_more_than_one_kind_alone),
		cmocka_unit_test(a_windows_banner_behind_a_linux_stack_is_told),
		cmocka_unit_test(an_android_is_no_contradiction_to_linux),
		cmocka_unit_test(evidence_that_agrees_never_lowers),
		cmocka_unit_test(many_weak_words_are_not_a_strong_one),
		cmocka_unit_test(a_generation_is_as_sure_as_one_kind_of_evidence),
		cmocka_unit_test(one_banner_on_many_ports_is_one_voice),
		cmocka_unit_test(what_strangers_say_is_safe_to_show),
		cmocka_unit_test(it_is_settled_when_all_was_asked_and_not_before_anything_was),
		cmocka_unit_test(it_is_not_settled_while_a_test_can_turn_it),
		cmocka_unit_test(it_is_settled_when_what_is_left_tells_nothing_new),
		cmocka_unit_test(it_is_settled_when_rivals_expect_the_same),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(labelled_cases_are_never_surely_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
