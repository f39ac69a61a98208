/* The grammar of probe files (formats.md 6.1 and 6.2): each rule, each mistake. */
#include "support.h"

#include "detect/service/probes.h"
#include "util/buf.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct probe_db *parsed_many(const struct text_file *texts, size_t count,
				    enum probe_manner manner)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};

	if (probe_db_parse(texts, count, manner, &db, &diag))
		fail_msg("%s", diag.text);
	return db;
}

static struct probe_db *parsed(const char *text)
{
	return parsed_many(&(struct text_file){"x.probe", text, strlen(text)}, 1, MANNER_FIRST);
}

/* The first line of a one-line probe. */
static struct probe_db *with_match(const char *match)
{
	char text[512];

	snprintf(text, sizeof(text), "Probe TCP NULL q||\n%s\n", match);
	return parsed(text);
}

static void strings_are(const struct service_probe *probe, const char *bytes, size_t count)
{
	assert_int_equal(probe->bytes_count, count);
	if (count)
		assert_memory_equal(probe->bytes, bytes, count);
}

static void the_example_of_the_specification_is_read(void **state)
{
	static const char text[] =
		"Exclude T:9100\nProbe TCP NULL q||\ntotalwaitms 1000\ntcpwrappedms 900\n"
		"match lab-ssh m|^SSH-([\\d.]+)-(\\S+)\\r\\n| p/Lab $2/ v/$1/ "
		"i/x $SUBST(2,\"_\",\".\"), , / cpe:/a:lab:sshd:$1/\n"
		"softmatch lab-x m|^220 (\\S+)|  h/$1/\n"
		"Probe TCP Second q|HELLO\\r\\n|\nports 7777\nrarity 3\nfallback Third\n"
		"Probe TCP Third q|BYE\\x00\\x01|\nports 25\nrarity 9\n"
		"match zork m|^ZORK/(\\d) (\\w\\w)|s p/Zork $P(2)/ v/$I(1,\">\")/ i|n=$1| "
		"d/terminal/ o/PDP-10/ h/zork.$1/ cpe:/h:infocom:zork:$2/a cpe:/o:dec:tops/a\n";
	struct probe_db *db = parsed(text);
	const struct service_probe *second = probe_db_find(db, TRANSPORT_TCP, "Second");
	const struct match_line *zork = probe_db_line(db, 2);

	assert_int_equal(probe_db_probes(db), 3);
	assert_int_equal(probe_db_lines(db), 3);
	assert_true(probe_db_excludes(db, TRANSPORT_TCP, 9100));
	assert_false(probe_db_excludes(db, TRANSPORT_UDP, 9100));
	assert_int_equal(probe_db_null(db)->total_wait_ms, 1000);
	assert_int_equal(probe_db_null(db)->wrapped_ms, 900);
	assert_int_equal(probe_db_null(db)->lines_count, 2);
	assert_string_equal(probe_db_line(db, 0)->templates[MATCH_EXTRAINFO],
			    "x $SUBST(2,\"_\",\".\"), , ");
	assert_true(probe_db_line(db, 1)->soft);
	assert_string_equal(probe_db_line(db, 1)->templates[MATCH_HOSTNAME], "$1");
	strings_are(second, "HELLO\r\n", 7);
	assert_int_equal(second->rarity, 3);
	assert_int_equal(second->fallbacks_count, 1);
	assert_ptr_equal(second->fallbacks[0], probe_db_probe(db, 2));
	strings_are(probe_db_probe(db, 2), "BYE\0\1", 5);
	assert_string_equal(zork->service, "zork");
	assert_int_equal(zork->pattern_bytes, 17);
	assert_memory_equal(zork->pattern, "^ZORK/(\\d) (\\w\\w)", 17);
	assert_true(zork->dot_all && !zork->caseless && !zork->soft && !zork->tunnel);
	assert_string_equal(zork->templates[MATCH_PRODUCT], "Zork $P(2)");
	assert_string_equal(zork->templates[MATCH_VERSION], "$I(1,\">\")");
	assert_string_equal(zork->templates[MATCH_EXTRAINFO], "n=$1");
	assert_string_equal(zork->templates[MATCH_DEVICETYPE], "terminal");
	assert_string_equal(zork->templates[MATCH_OSTYPE], "PDP-10");
	assert_string_equal(zork->templates[MATCH_HOSTNAME], "zork.$1");
	assert_null(zork->templates[MATCH_CPE_A]);
	assert_string_equal(zork->templates[MATCH_CPE_H], "cpe:/h:infocom:zork:$2");
	assert_string_equal(zork->templates[MATCH_CPE_O], "cpe:/o:dec:tops");
	assert_int_equal(zork->line, 14);
	assert_int_equal(zork->id, 2);
	assert_string_equal(probe_db_file(db, zork->file), "x.probe");
	probe_db_free(db);
}

static void what_is_not_said_has_its_usual_value(void **state)
{
	struct probe_db *db = parsed("# nothing but this\n\nProbe UDP A q|x|\n");
	const struct service_probe *probe = probe_db_probe(db, 0);

	assert_int_equal(probe_db_manner(db), MANNER_FIRST);
	assert_int_equal(probe->transport, TRANSPORT_UDP);
	assert_int_equal(probe->rarity, 5);
	assert_int_equal(probe->total_wait_ms, 5000);
	assert_int_equal(probe->wrapped_ms, 2000);
	assert_int_equal(probe->ports.count + probe->ssl_ports.count + probe->fallbacks_count, 0);
	assert_int_equal(probe->lines_count + probe->services_count, 0);
	assert_false(probe->no_payload);
	assert_null(probe_db_null(db));
	assert_false(probe_db_excludes(db, TRANSPORT_TCP, 9100));
	assert_null(probe_db_find(db, TRANSPORT_TCP, "A"));
	probe_db_free(db);
	db = parsed("");
	assert_int_equal(probe_db_probes(db) + probe_db_lines(db), 0);
	probe_db_free(db);
	probe_db_free(NULL);
}

static void escapes_stand_for_bytes(void **state)
{
	struct probe_db *db = parsed("Probe TCP A q/\\\\\\0\\n\\r\\t\\x00\\xfF|/\n");

	strings_are(probe_db_probe(db, 0), "\\\0\n\r\t\0\xff|", 8);
	probe_db_free(db);
}

static void words_behind_the_string_are_flags(void **state)
{
	struct probe_db *db = parsed("Probe UDP A q|x| source=500 \t no-payload\n"
				     "Probe UDP B q|x| no-payloads\nProbe UDP C q|x| \n");

	assert_true(probe_db_probe(db, 0)->no_payload);
	assert_false(probe_db_probe(db, 1)->no_payload);
	assert_false(probe_db_probe(db, 2)->no_payload);
	probe_db_free(db);
}

static void ports_add_up(void **state)
{
	struct probe_db *db =
		parsed("Probe TCP A q|x|\nports 80, 8080-8090 ,443\nports 0,8085-8100\n"
		       "ports 81,65535 \nsslports 993\n");
	const struct port_ranges *ports = &probe_db_probe(db, 0)->ports;
	static const uint16_t in[] = {0, 80, 81, 443, 8080, 8090, 8091, 8100, 65535};
	static const uint16_t out[] = {1, 79, 82, 442, 444, 8079, 8101, 65534};
	size_t i;

	assert_int_equal(ports->count, 5);
	for (i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		assert_true(port_ranges_has(ports, in[i]));
	for (i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		assert_false(port_ranges_has(ports, out[i]));
	assert_true(port_ranges_has(&probe_db_probe(db, 0)->ssl_ports, 993));
	assert_false(port_ranges_has(&probe_db_probe(db, 0)->ssl_ports, 80));
	assert_false(port_ranges_has(&(struct port_ranges){0}, 80));
	probe_db_free(db);
}

static void excluded_ports_are_a_list_as_of_p(void **state)
{
	struct probe_db *db = parsed("Exclude T:9100-9107,U:161,S:7\n");

	assert_true(probe_db_excludes(db, TRANSPORT_TCP, 9107));
	assert_false(probe_db_excludes(db, TRANSPORT_TCP, 9108));
	assert_true(probe_db_excludes(db, TRANSPORT_UDP, 161));
	assert_true(probe_db_excludes(db, TRANSPORT_SCTP, 7));
	assert_false(probe_db_excludes(db, TRANSPORT_TCP, 161));
	probe_db_free(db);
	db = parsed("Exclude http,515\n");
	assert_true(probe_db_excludes(db, TRANSPORT_TCP, 80));
	assert_true(probe_db_excludes(db, TRANSPORT_TCP, 515));
	assert_true(probe_db_excludes(db, TRANSPORT_UDP, 515));
	probe_db_free(db);
}

static void fallbacks_may_come_later_and_prefer_the_own_transport(void **state)
{
	struct probe_db *db = parsed("Probe UDP A q|a|\nfallback B, C ,N\nProbe TCP B q|tb|\n"
				     "Probe UDP B q|ub|\nProbe TCP C q|c|\nfallback A\n"
				     "Probe TCP N q||\n");
	const struct service_probe *a = probe_db_probe(db, 0);

	assert_int_equal(a->fallbacks_count, 3);
	assert_ptr_equal(a->fallbacks[0], probe_db_probe(db, 2));
	assert_ptr_equal(a->fallbacks[1], probe_db_probe(db, 3));
	assert_ptr_equal(a->fallbacks[2], probe_db_null(db));
	assert_ptr_equal(probe_db_probe(db, 3)->fallbacks[0], a);
	probe_db_free(db);
}

static void eighteen_fallbacks_are_the_most(void **state)
{
	static const char text[] = "Probe TCP A q|x|\nfallback A,A,A,A,A,A,A,A,A\n"
				   "fallback A,A,A,A,A,A,A,A,A";
	static const char more[] = "Probe TCP A q|x|\nfallback A,A,A,A,A,A,A,A,A\n"
				   "fallback A,A,A,A,A,A,A,A,A\nfallback A";
	struct probe_db *db = parsed(text);
	struct diag diag = {0};

	assert_int_equal(probe_db_probe(db, 0)->fallbacks_count, 18);
	probe_db_free(db);
	db = NULL;
	assert_int_equal(probe_db_parse(&(struct text_file){"f", more, strlen(more)}, 1,
					MANNER_FIRST, &db, &diag),
			 ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "18"));
	assert_int_equal(diag.line, 4);
	assert_int_equal(diag.column, 10);
}

static void the_tunnel_is_no_part_of_the_name(void **state)
{
	struct probe_db *db = with_match("match ssl/imaps m/x/");

	assert_string_equal(probe_db_line(db, 0)->service, "imaps");
	assert_true(probe_db_line(db, 0)->tunnel);
	probe_db_free(db);
	db = with_match("match ssl m/x/");
	assert_string_equal(probe_db_line(db, 0)->service, "ssl");
	assert_false(probe_db_line(db, 0)->tunnel);
	probe_db_free(db);
}

static void patterns_have_any_delimiter_and_their_flags(void **state)
{
	struct probe_db *db = with_match("match a m=x|y\\=is");
	const struct match_line *line = probe_db_line(db, 0);

	assert_int_equal(line->pattern_bytes, 4);
	assert_memory_equal(line->pattern, "x|y\\", 4);
	assert_true(line->caseless && line->dot_all);
	probe_db_free(db);
	db = with_match("match a  m%x%i \t");
	assert_true(probe_db_line(db, 0)->caseless && !probe_db_line(db, 0)->dot_all);
	probe_db_free(db);
}

static void of_templates_the_last_survives(void **state)
{
	struct probe_db *db = with_match("match a m/x/ p/one/ p=a/b= v//abc cpe:/a:x:y/ "
					 "cpe:/o:linux/a cpe:|a:z/z|");
	const struct match_line *line = probe_db_line(db, 0);

	assert_string_equal(line->templates[MATCH_PRODUCT], "a/b");
	assert_string_equal(line->templates[MATCH_VERSION], "");
	assert_string_equal(line->templates[MATCH_CPE_A], "cpe:/a:z/z");
	assert_string_equal(line->templates[MATCH_CPE_O], "cpe:/o:linux");
	assert_null(line->templates[MATCH_CPE_H]);
	probe_db_free(db);
}

/* A match line of so many bytes, behind a probe. */
static void long_line(size_t bytes, struct buf *out)
{
	buf_add_str(out, "Probe TCP A q|x|\nmatch a m/");
	buf_add_repeat(out, 'x', bytes - strlen("match a m//"));
	buf_add_str(out, "/\n");
}

static void the_longest_line_has_8190_bytes(void **state)
{
	struct buf text = BUF_INIT;
	struct probe_db *db = NULL;
	struct diag diag = {0};

	long_line(8190, &text);
	db = parsed(buf_str(&text));
	assert_int_equal(probe_db_line(db, 0)->pattern_bytes, 8190 - 11);
	probe_db_free(db);
	db = NULL;
	buf_clear(&text);
	long_line(8191, &text);
	assert_int_equal(probe_db_parse(&(struct text_file){"long", text.data, text.len}, 1,
					MANNER_FIRST, &db, &diag),
			 ERROR_SYNTAX);
	assert_string_equal(
		diag.text,
		"long, line 2, column 8191: the line is longer than 8190 bytes: split it");
	buf_release(&text);
}

static const struct mistake {
	const char *text;
	unsigned line, column;
	const char *words;
} mistakes[] = {
	{"Probes TCP A q|x|", 1, 1, "\"Probes\" is not known"},
	{"probe TCP A q|x|", 1, 1, "starts with Exclude, Probe"},
	{" # no\n", 1, 1, "without blanks"},
	{"\n\r\n", 2, 1, "LF alone"},
	{"Exclude\n", 1, 1, "one blank"},
	{"Exclude T:9100\nExclude U:1\n", 2, 1, "once"},
	{"Probe TCP A q|x|\nExclude T:1\n", 2, 1, "before the first Probe"},
	{"Exclude T:99999\n", 1, 11, "65535"},
	{"match a m/x/", 1, 1, "a Probe line must come first"},
	{"rarity 5", 1, 1, "rarity belongs to a probe"},
	{"Probe SCTP A q|x|", 1, 7, "TCP or UDP"},
	{"Probe tcp A q|x|", 1, 7, "capitals"},
	{"Probe TCP  A q|x|", 1, 11, "letter or digit"},
	{"Probe TCP -A q|x|", 1, 11, "letter or digit"},
	{"Probe TCP A", 1, 12, "what is sent"},
	{"Probe TCP A |x|", 1, 13, "what is sent"},
	{"Probe TCP A q|x", 1, 14, "no end"},
	{"Probe TCP A q", 1, 14, "no end"},
	{"Probe TCP A q|x|y", 1, 17, "blank"},
	{"Probe TCP A q|a\\a|", 1, 16, "backslash itself"},
	{"Probe TCP A q|\\x4|", 1, 15, "hexadecimal"},
	{"Probe TCP A q|\\xg0|", 1, 15, "hexadecimal"},
	{"Probe TCP A q|\\|", 1, 15, "hexadecimal"},
	{"Probe UDP A q||", 1, 11, "UDP probe must send"},
	{"Probe TCP A q||\nProbe TCP B q||", 2, 11, "and it is A"},
	{"Probe TCP A q|x|\nProbe TCP A q|y|", 2, 11, "sends other bytes"},
	{"Probe TCP A q|x|\nports ", 2, 7, "port number"},
	{"Probe TCP A q|x|\nports 80,", 2, 10, "port number"},
	{"Probe TCP A q|x|\nports 65536", 2, 7, "port number"},
	{"Probe TCP A q|x|\nports 99999999999999999999", 2, 7, "port number"},
	{"Probe TCP A q|x|\nports 7-5", 2, 7, "low to high"},
	{"Probe TCP A q|x|\nports 7-", 2, 7, "low to high"},
	{"Probe TCP A q|x|\nports 7 # web", 2, 9, "line of its own"},
	{"Probe TCP A q|x|\nsslports x", 2, 10, "port number"},
	{"Probe TCP A q|x|\nrarity 0", 2, 8, "from 1 to 9"},
	{"Probe TCP A q|x|\nrarity 10", 2, 8, "from 1 to 9"},
	{"Probe TCP A q|x|\nrarity x", 2, 8, "from 1 to 9"},
	{"Probe TCP A q|x|\nrarity 5 5", 2, 10, "nothing may follow"},
	{"Probe TCP A q|x|\ntotalwaitms 99", 2, 13, "totalwaitms is a number from 100 to 300000"},
	{"Probe TCP A q|x|\ntotalwaitms 300001", 2, 13, "300000"},
	{"Probe TCP A q|x|\ntcpwrappedms 99", 2, 14, "tcpwrappedms is a number from 100"},
	{"Probe TCP A q|x|\nfallback ", 2, 10, "missing"},
	{"Probe TCP A q|x|\nfallback A,", 2, 12, "missing"},
	{"Probe TCP A q|x|\nfallback A A", 2, 12, "commas"},
	{"Probe TCP A q|x|\nfallback A, Zoo\nrarity 1", 2, 13, "no probe has the name \"Zoo\""},
	{"Probe TCP A q|x|\nmatch ", 2, 7, "service's name"},
	{"Probe TCP A q|x|\nmatch  m/x/", 2, 7, "service's name"},
	{"Probe TCP A q|x|\nmatch a", 2, 8, "service's name"},
	{"Probe TCP A q|x|\nmatch ssl/ m/x/", 2, 7, "inside TLS"},
	{"Probe TCP A q|x|\nmatch a /x/", 2, 9, "a pattern should stand here"},
	{"Probe TCP A q|x|\nmatch a m/x", 2, 10, "pattern has no end"},
	{"Probe TCP A q|x|\nmatch a m//", 2, 11, "empty pattern"},
	{"Probe TCP A q|x|\nmatch a m/x/x", 2, 13, "flags i"},
	{"Probe TCP A q|x|\nmatch a m/x/isis", 2, 16, "flags i"},
	{"Probe TCP A q|x|\nmatch a m/x/ x/y/", 2, 14, "p v i h o d"},
	{"Probe TCP A q|x|\nmatch a m/x/ p /y/", 2, 15, "delimiter should follow"},
	{"Probe TCP A q|x|\nmatch a m/x/ p/y", 2, 15, "text has no end"},
	{"Probe TCP A q|x|\nmatch a m/x/ p/y/v/1/", 2, 18, "blank should follow"},
	{"Probe TCP A q|x|\nmatch a m/x/ p/y/abcd", 2, 18, "blank should follow"},
	{"Probe TCP A q|x|\nmatch a m/x/ cpe: a:b/", 2, 18, "delimiter should follow"},
	{"Probe TCP A q|x|\nmatch a m/x/ cpe:/a:b", 2, 18, "CPE has no end"},
	{"Probe TCP A q|x|\nmatch a m/x/ cpe:/x:b/", 2, 19, "part a"},
	{"Probe TCP A q|x|\nmatch a m/x/ cpe://", 2, 19, "part a"},
	{"Probe TCP A q|x|\nsoftmatch a m/x/ cpe:/a:b/:", 2, 27, "blank should follow"},
	{"Finding", 1, 1, "is not known here"},
	{"Finding ", 1, 9, "name should stand here"},
	{"Finding A high", 1, 9, "of a-z, 0-9 and -"},
	{"Finding a", 1, 10, "severity should stand here"},
	{"Finding a worse", 1, 11, "info, low, medium, high or critical"},
	{"Finding a high", 1, 15, "a title, a reason and a remedy"},
	{"Finding a high t|t| w|w|", 1, 25, "a title, a reason and a remedy"},
	{"Finding a high t|t| q|w|", 1, 21, "one of t w r x c"},
	{"Finding a high t|t| w|w", 1, 22, "text has no end"},
	{"Finding a high t|t|w|w|", 1, 20, "blank should follow"},
	{"Finding a high t|t| w|w| r|r| c|2|", 1, 33, "number from 0 to 1"},
	{"Finding a high t|t| w|w| r|r| c|nan|", 1, 33, "number from 0 to 1"},
	{"Finding a high t|t| w|w| r|r|\nFinding a low t|t| w|w| r|r|", 2, 9,
	 "told in x.probe, line 1"},
	{"Probe TCP A q|x|\nmatch a m/x/ f|a|", 2, 15, "no Finding line has the name \"a\""},
	{"Probe TCP A q|x|\nmatch a m/x/ f|a", 2, 15, "finding's name has no end"},
};

static void mistakes_are_told_with_file_and_place(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		const struct mistake *mistake = &mistakes[i];
		struct text_file text = {"dir/x.probe", mistake->text, strlen(mistake->text)};
		struct probe_db *db = NULL;
		struct diag diag = {0};
		char place[64];

		snprintf(place, sizeof(place), "dir/x.probe, line %u, column %u: ", mistake->line,
			 mistake->column);
		if (probe_db_parse(&text, 1, MANNER_FIRST, &db, &diag) != ERROR_SYNTAX || db ||
		    diag.line != mistake->line || diag.column != mistake->column ||
		    strncmp(diag.text, place, strlen(place)) != 0 ||
		    !strstr(diag.text, mistake->words))
			fail_msg("%s: got %u:%u %s", mistake->text, diag.line, diag.column,
				 diag.text);
	}
}

static void a_match_may_say_what_is_wrong(void **state)
{
	static const char first[] = "Probe TCP A q|x|\nmatch a m/x/ p/P/ f|open-a| v/$1/\n"
				    "match a m/y/\n";
	static const char second[] =
		"Finding open-a critical w|Why | t|Open| x|CWE-306  CVE-1999-0526| r/Close it./ "
		"c|0.25|\nFinding other info t|t| w|w| r|r|\n"
		"Probe TCP B q|x|\nsoftmatch b m/y/ f/other/";
	const struct text_file texts[] = {{"a.probe", first, strlen(first)},
					  {"b.probe", second, strlen(second)}};
	struct probe_db *db = parsed_many(texts, 2, MANNER_BEST);
	const struct script_finding *open = probe_db_line(db, 0)->finding;
	const struct script_finding *other = probe_db_line(db, 2)->finding;

	assert_string_equal(open->id, "open-a");
	assert_string_equal(open->title, "Open");
	assert_string_equal(open->why, "Why ");
	assert_string_equal(open->remedy, "Close it.");
	assert_int_equal(open->severity, FINDING_CRITICAL);
	assert_true(open->confidence > 0.24 && open->confidence < 0.26);
	assert_int_equal(open->references_count, 2);
	assert_string_equal(open->references[0], "CWE-306");
	assert_string_equal(open->references[1], "CVE-1999-0526");
	assert_null(probe_db_line(db, 1)->finding);
	assert_string_equal(probe_db_line(db, 0)->templates[MATCH_VERSION], "$1");
	assert_string_equal(other->id, "other");
	assert_int_equal(other->references_count, 0);
	assert_true(other->confidence >= 1 && other->confidence <= 1);
	probe_db_free(db);
}

static void references_are_not_without_end(void **state)
{
	struct buf text = BUF_INIT;
	struct probe_db *db = NULL;
	struct diag diag = {0};
	size_t i;

	buf_add_str(&text, "Finding a low t|t| w|w| r|r| x|");
	for (i = 0; i < 33; i++)
		buf_addf(&text, "CWE-%zu ", i);
	buf_add_str(&text, "|");
	assert_int_equal(probe_db_parse(&(struct text_file){"x", buf_str(&text), text.len}, 1,
					MANNER_FIRST, &db, &diag),
			 ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "32 references, no more"));
	buf_release(&text);
}

static void a_zero_byte_is_told(void **state)
{
	static const char text[] = "Probe TCP A q|x|\nmatch a m/\0/";
	struct probe_db *db = NULL;
	struct diag diag = {0};

	assert_int_equal(probe_db_parse(&(struct text_file){"z", text, sizeof(text) - 1}, 1,
					MANNER_FIRST, &db, &diag),
			 ERROR_SYNTAX);
	assert_int_equal(diag.line, 2);
	assert_int_equal(diag.column, 11);
}

static void texts_make_one_database(void **state)
{
	static const char first[] = "Exclude T:1\nProbe TCP Get q|G|\nports 80\nrarity 1\n"
				    "match http m/1/\nProbe TCP Rare q|r|\nrarity 8\n";
	static const char second[] = "Exclude T:2\nProbe TCP NULL q||\nmatch ssh m/2/\n"
				     "Probe TCP Get q|\\x47|\nports 8080\nfallback NULL\nrarity 1\n"
				     "match ipp m/3/\nmatch http m/4/\nProbe UDP Get q|u|\n";
	const struct text_file texts[] = {{"a.probe", first, strlen(first)},
					  {"d/b.probe", second, strlen(second)}};
	struct probe_db *db = parsed_many(texts, 2, MANNER_BEST);
	const struct service_probe *get = probe_db_find(db, TRANSPORT_TCP, "Get");
	static const char *const order[] = {"NULL", "Get", "Get", "Rare"};
	size_t i;

	for (i = 0; i < 4; i++) {
		assert_string_equal(probe_db_probe(db, i)->name, order[i]);
		assert_int_equal(probe_db_probe(db, i)->id, i);
	}
	assert_int_equal(probe_db_probe(db, 2)->transport, TRANSPORT_UDP);
	assert_true(port_ranges_has(&get->ports, 80) && port_ranges_has(&get->ports, 8080));
	assert_true(probe_db_excludes(db, TRANSPORT_TCP, 1) &&
		    probe_db_excludes(db, TRANSPORT_TCP, 2));
	assert_int_equal(get->lines_count, 3);
	assert_int_equal(get->lines[0].pattern[0], '1');
	assert_int_equal(get->lines[1].pattern[0], '3');
	assert_int_equal(get->lines[2].pattern[0], '4');
	assert_int_equal(get->lines[0].id, 1);
	assert_ptr_equal(probe_db_line(db, 1), get->lines);
	assert_string_equal(probe_db_file(db, get->lines[0].file), "a.probe");
	assert_string_equal(probe_db_file(db, get->lines[2].file), "b.probe");
	assert_int_equal(get->services_count, 2);
	assert_true(service_probe_knows(get, "http") && service_probe_knows(get, "ipp"));
	assert_false(service_probe_knows(get, "ssh"));
	assert_true(service_probe_knows(probe_db_null(db), "ssh"));
	probe_db_free(db);
	db = parsed_many(texts, 2, MANNER_FIRST);
	assert_string_equal(probe_db_probe(db, 0)->name, "Get");
	assert_string_equal(probe_db_probe(db, 2)->name, "NULL");
	assert_int_equal(probe_db_null(db)->lines[0].id, 3);
	probe_db_free(db);
}

static void texts_must_not_contradict_each_other(void **state)
{
	static const struct {
		const char *second, *words;
	} cases[] = {
		{"Probe TCP Get q|H|", "b, line 1, column 11: there is a probe Get"},
		{"\nProbe TCP Get q|G|\nrarity 2",
		 "b, line 3, column 8: rarity of probe Get is 1 in a, line 2"},
		{"Probe TCP Get q|G|\ntotalwaitms 500", "totalwaitms of probe Get is 3000"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const char first[] = "Probe TCP Get q|G|\nrarity 1\ntotalwaitms 3000\n";
		const struct text_file texts[] = {{"a", first, strlen(first)},
						  {"b", cases[i].second, strlen(cases[i].second)}};
		struct probe_db *db = NULL;
		struct diag diag = {0};

		assert_int_equal(probe_db_parse(texts, 2, MANNER_BEST, &db, &diag), ERROR_SYNTAX);
		if (!strstr(diag.text, cases[i].words))
			fail_msg("%s", diag.text);
	}
}

static void a_text_may_correct_itself(void **state)
{
	struct probe_db *db = parsed("Probe TCP A q|x|\nrarity 2\nrarity 3\nProbe TCP B q|y|\n"
				     "Probe TCP A q|x|\nmatch a m/x/\n");

	assert_int_equal(probe_db_probes(db), 2);
	assert_int_equal(probe_db_probe(db, 0)->rarity, 3);
	assert_int_equal(probe_db_probe(db, 0)->lines_count, 1);
	probe_db_free(db);
}

static void absurd_sizes_are_refused(void **state)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};
	struct buf text = BUF_INIT;
	unsigned i;

	assert_int_equal(probe_db_parse(&(struct text_file){"big", "", (32u << 20) + 1}, 1,
					MANNER_FIRST, &db, &diag),
			 ERROR_LIMIT);
	for (i = 0; i <= PROBES_MAX; i++)
		buf_addf(&text, "Probe UDP p%u q|x|\n", i);
	assert_int_equal(probe_db_parse(&(struct text_file){"many", text.data, text.len}, 1,
					MANNER_FIRST, &db, &diag),
			 ERROR_LIMIT);
	assert_int_equal(diag.line, PROBES_MAX + 1);
	buf_release(&text);
	assert_null(db);
}

static int parse_all(void *self)
{
	static const char first[] = "Exclude T:9100,http\nProbe TCP Get q|G|\nports 80,7\n"
				    "sslports 9\nfallback Get\nmatch http m/1/ p/x/\n";
	static const char second[] = "Probe TCP NULL q||\nmatch ssh m/2/\n";
	const struct text_file texts[] = {{"a", first, strlen(first)},
					  {"b", second, strlen(second)}};
	struct probe_db *db = NULL;
	struct diag diag = {0};
	int r = probe_db_parse(texts, 2, MANNER_BEST, &db, &diag);

	if (r < 0)
		assert_string_equal(diag.text, "out of memory");
	probe_db_free(db);
	return r;
}

static void short_memory_is_survived(void **state)
{
	support_each_allocation_fails(parse_all, NULL, 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification_is_read),
		cmocka_unit_test(what_is_not_said_has_its_usual_value),
		cmocka_unit_test(escapes_stand_for_bytes),
		cmocka_unit_test(words_behind_the_string_are_flags),
		cmocka_unit_test(ports_add_up),
		cmocka_unit_test(excluded_ports_are_a_list_as_of_p),
		cmocka_unit_test(fallbacks_may_come_later_and_prefer_the_own_transport),
		cmocka_unit_test(eighteen_fallbacks_are_the_most),
		cmocka_unit_test(the_tunnel_is_no_part_of_the_name),
		cmocka_unit_test(patterns_have_any_delimiter_and_their_flags),
		cmocka_unit_test(of_templates_the_last_survives),
		cmocka_unit_test(the_longest_line_has_8190_bytes),
		cmocka_unit_test(mistakes_are_told_with_file_and_place),
		cmocka_unit_test(a_match_may_say_what_is_wrong),
		cmocka_unit_test(references_are_not_without_end),
		cmocka_unit_test(a_zero_byte_is_told),
		cmocka_unit_test(texts_make_one_database),
		cmocka_unit_test(texts_must_not_contradict_each_other),
		cmocka_unit_test(a_text_may_correct_itself),
		cmocka_unit_test(absurd_sizes_are_refused),
		cmocka_unit_test(short_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
