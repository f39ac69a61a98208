/* The check of signatures finds what is wrong with them (test/signatures/). */
#include "support.h"

#include "util/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_non_null(file = fopen(path, "w"));
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void run_quietly(const char *format, const char *argument)
{
	char command[256];

	snprintf(command, sizeof(command), format, argument);
	assert_int_equal(system(command), 0);
}

static int make_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/portolan-signatures-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	run_quietly("mkdir -p %s/samples/http", folder);
	put("http.probe",
	    "# a sound file\nProbe TCP GetRequest q|GET|\n"
	    "softmatch http m|^HTTP/1|\n"
	    "match http m|^HTTP/1\\.1 (?:[^\\r\\n]*\\r\\n)*?Server: nginx/([\\d.]+)\\r\\n| "
	    "p/nginx/ v/$1/ cpe:/a:f5:nginx:$1/\n");
	put("samples/http/a.bin", "HTTP/1.1 200 OK\r\nServer: nginx/1.2\r\n\r\n");
	put("samples/http/a.expect",
	    "probe TCP GetRequest\nservice http\nproduct nginx\nversion 1.2\n"
	    "cpe cpe:/a:f5:nginx:1.2\nsource real\nhow by hand\n");
	return 0;
}

static int remove_folder(void **state)
{
	run_quietly("rm -r %s", folder);
	return 0;
}

/* What the check prints; its exit status is asked for. */
static char *check(const char *arguments, int wanted)
{
	static char text[16384];
	const char *tools = getenv("PORTOLAN_TEST_TOOLS");
	char command[512];
	FILE *pipe;
	size_t got;
	int status;

	snprintf(command, sizeof(command), "%s/signatures %s %s", tools ? tools : "build/test",
		 folder, arguments);
	assert_non_null(pipe = popen(command, "r"));
	got = fread(text, 1, sizeof(text) - 1, pipe);
	text[got] = '\0';
	status = pclose(pipe);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted)
		fail_msg("status %d: %s", status, text);
	return text;
}

static void says(const char *arguments, const char *words)
{
	char *text = check(arguments, 1);

	if (!strstr(text, words) || !strstr(text, ", 1 problems\n"))
		fail_msg("wanted \"%s\", got %s", words, text);
}

static void what_is_sound_passes(void **state)
{
	assert_string_equal(check("", 0),
			    "signatures: 1 files, 1 probes, 2 lines (1 of them seen in a sample), "
			    "1 samples (1 real), 0 problems\n");
}

static void each_kind_of_bad_line_is_found(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{"match a m|^x(|", "missing closing parenthesis"},
		{"match a m|x*|", "matches the empty string"},
		{"match a m|abc.*d|s", "not anchored"},
		{"match a m|abc[^d]*d|", "not anchored"},
		{"match a m|^abc(?:x+y*)*z|", "stands within another"},
		{"match a m|^abc(?:\\d+\\d)+z|", "stands within another"},
		{"match a m|^xa.*b.*c.*d.*e.*fx|s", "more than 50000 steps"},
		{"match a m|^abc| p/$1/", "group"},
		{"match a m|^ab(c)| p/$P(1/", "arguments"},
		{"match a m|^ab(c)| p/$Q(1)/", "\"$Q(1)\""},
		{"match a m|^abc| p//", "empty template"},
		{"match a m|^abc| cpe:/a:b/", "lacks a vendor or a product"},
		{"match a m|^HTTP/1\\.1|", "a.expect: the line x.probe:3 (a, of probe GetRequest)"},
	};
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text),
			 "# no real sample: test\nProbe TCP GetRequest q|GET|\n%s\n",
			 cases[i].line);
		put("x.probe", text);
		says("", cases[i].words);
	}
}

static void what_ends_by_itself_may_be_repeated(void **state)
{
	put("x.probe", "# no real sample: test\nProbe TCP GetRequest q|GET|\n"
		       "match a m|^abc(?:[^\\r\\n]*\\r\\n)*z|\nmatch a m|^abc(?:\\d+\\.)+z|\n"
		       "match a m|^abc(?:.+\\n)*z|\nmatch a m|abc[^\\n]*d\\n|\n");
	(void)check("", 0);
}

static void each_kind_of_bad_sample_is_found(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{"info more", "info should be \"more\" and is \"\""},
		{"version 1.3", "version should be \"1.3\" and is \"1.2\" (http.probe:4)"},
		{"service https", "is taken for http, not for https"},
		{"soft yes", "is taken for http, not for soft http"},
		{"cpe cpe:/a:x:y", "2 CPEs are expected, 1 came"},
		{"also ssh it answers so", "`also ssh` is no longer true"},
		{"source hearsay", "neither real nor document"},
		{"probe TCP Other", "a.expect:8: \"probe TCP Other\" is not known"},
		{"colour red", "a.expect:8: \"colour red\" is not known"},
	};
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text),
			 "probe TCP GetRequest\nservice http\nproduct nginx\nversion 1.2\n"
			 "cpe cpe:/a:f5:nginx:1.2\nsource real\nhow by hand\n%s\n",
			 cases[i].line);
		put("samples/http/a.expect", text);
		if (strncmp(cases[i].line, "probe", 5) == 0 ||
		    strcmp(cases[i].line, "service https") == 0 ||
		    strncmp(cases[i].line, "source", 6) == 0)
			assert_non_null(strstr(check("", 1), cases[i].words));
		else
			says("", cases[i].words);
	}
}

static void what_is_missing_is_told(void **state)
{
	put("samples/http/b.bin", "x");
	says("", "b.expect: is missing");
	put("samples/http/b.expect", "");
	assert_non_null(strstr(check("", 1), "b.expect: says no `probe`"));
	run_quietly("rm %s/samples/http/b.*", folder);
	put("ftp.probe", "Probe TCP NULL q||\n");
	says("", "ftp.probe: no real sample");
	(void)check("http", 0);
	says("ftp http", "no real sample");
	run_quietly("mkdir %s/samples/lost", folder);
	says("lost", "lost.probe: is missing");
	put("ftp.probe", "Probe TCP\n");
	assert_non_null(strstr(check("", 1), "ftp.probe, line 1, column 7: TCP or UDP"));
}

static void also_lines_explain(void **state)
{
	put("x.probe", "# no real sample: test\nProbe TCP Other q|GET|\nmatch a m|HTTP/1\\.1|\n");
	put("samples/http/a.expect",
	    "probe TCP GetRequest\nservice http\nproduct nginx\nversion 1.2\nalso a for the test\n"
	    "cpe cpe:/a:f5:nginx:1.2\nsource real\nhow by hand\n");
	(void)check("", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_sound_passes, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(each_kind_of_bad_line_is_found, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(what_ends_by_itself_may_be_repeated, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(each_kind_of_bad_sample_is_found, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(what_is_missing_is_told, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(also_lines_explain, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
