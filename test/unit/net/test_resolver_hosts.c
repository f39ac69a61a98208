#include "support.h"

#include "net/resolver_hosts.h"
#include "util/error.h"

#include <string.h>
#include <unistd.h>

static const char file[] = "# a comment\n"
			   "127.0.0.1\tlocalhost loop.test # not.this\n"
			   "::1 localhost ip6-localhost\n"
			   "\n"
			   "nonsense here\n"
			   "  10.0.0.5   Web.Test   www.test\r\n"
			   "10.0.0.6 web.test\n"
			   "10.0.0.5 later.test\n"
			   "10.0.0.7\n"
			   "10.0.0.8 bad..name ok.test\n"
			   "10.0.0.9 no-newline.test";

static struct hosts *parse(const char *text)
{
	struct hosts *hosts = NULL;

	assert_int_equal(hosts_parse(text, strlen(text), 1, &hosts), 0);
	return hosts;
}

static void expect_addr(const struct hosts_addr *at, const char *text)
{
	char shown[IP_TEXT_BYTES];

	assert_non_null(at);
	assert_string_equal(ip_format(&at->addr, shown), text);
}

static const char *reverse(const struct hosts *hosts, const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return hosts_reverse(hosts, &addr);
}

static void a_name_has_the_addresses_of_all_its_lines(void **state)
{
	struct hosts *hosts = parse(file);
	const struct hosts_addr *at = hosts_forward(hosts, "web.test");

	expect_addr(at, "10.0.0.5");
	expect_addr(at->next, "10.0.0.6");
	assert_null(at->next->next);
	at = hosts_forward(hosts, "localhost");
	expect_addr(at, "127.0.0.1");
	expect_addr(at->next, "::1");
	expect_addr(hosts_forward(hosts, "www.test"), "10.0.0.5");
	expect_addr(hosts_forward(hosts, "no-newline.test"), "10.0.0.9");
	hosts_free(hosts);
}

static void an_address_has_the_first_name_of_its_first_line(void **state)
{
	struct hosts *hosts = parse(file);

	assert_string_equal(reverse(hosts, "10.0.0.5"), "Web.Test");
	assert_string_equal(reverse(hosts, "127.0.0.1"), "localhost");
	assert_null(reverse(hosts, "10.0.0.7"));
	assert_null(reverse(hosts, "10.9.9.9"));
	hosts_free(hosts);
}

static void comments_and_bad_lines_are_skipped(void **state)
{
	struct hosts *hosts = parse(file);

	assert_null(hosts_forward(hosts, "not.this"));
	assert_null(hosts_forward(hosts, "here"));
	assert_null(hosts_forward(hosts, "bad..name"));
	expect_addr(hosts_forward(hosts, "ok.test"), "10.0.0.8");
	hosts_free(hosts);
}

static void a_file_that_is_not_there_is_an_empty_one(void **state)
{
	struct hosts *hosts = NULL;

	assert_int_equal(hosts_load("/nonexistent/hosts", 1, &hosts), 0);
	assert_null(hosts_forward(hosts, "localhost"));
	hosts_free(hosts);
	assert_int_equal(hosts_load("/", 1, &hosts), ERROR_IO);
}

static void a_file_is_read_whole(void **state)
{
	char path[] = "/tmp/portolan-hosts-XXXXXX";
	int fd = mkstemp(path), i;
	struct hosts *hosts = NULL;
	FILE *out;

	assert_true(fd >= 0);
	out = fdopen(fd, "w");
	for (i = 0; i < 20000; i++)
		fprintf(out, "10.1.%d.%d block%d.test\n", i / 256, i % 256, i);
	fclose(out);
	assert_int_equal(hosts_load(path, 1, &hosts), 0);
	unlink(path);
	expect_addr(hosts_forward(hosts, "block0.test"), "10.1.0.0");
	expect_addr(hosts_forward(hosts, "block19999.test"), "10.1.78.31");
	assert_string_equal(reverse(hosts, "10.1.78.31"), "block19999.test");
	hosts_free(hosts);
}

static int parse_once(void *self)
{
	struct hosts *hosts = NULL;
	int r = hosts_parse(file, sizeof(file) - 1, 1, &hosts);

	hosts_free(hosts);
	return r;
}

static int load_once(void *self)
{
	struct hosts *hosts = NULL;
	int r = hosts_load("/etc/hosts", 1, &hosts);

	hosts_free(hosts);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	support_each_allocation_fails(parse_once, NULL, 1000);
	support_each_allocation_fails(load_once, NULL, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_the_addresses_of_all_its_lines),
		cmocka_unit_test(an_address_has_the_first_name_of_its_first_line),
		cmocka_unit_test(comments_and_bad_lines_are_skipped),
		cmocka_unit_test(a_file_that_is_not_there_is_an_empty_one),
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
