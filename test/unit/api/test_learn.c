/* portolan learn: what it writes, and that it overwrites nothing. */
#include "support.h"

#include "api/learn.h"
#include "util/buf.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD  "SF-Port7777-TCP:V=0.1.0%I=7%D=11/26%Time=6B00E011%P=x86_64-linux"
#define BLOCK HEAD "%r(NULL,FF,\"zork\\x20v1\\.2\\x20ready\\r\\n\")%r(Odd/Probe,2,\"\\0\\xff\");\n"

static char folder[64];
static struct buf wrote;

static void note(void *self, const char *path)
{
	buf_addf(&wrote, "%s\n", path + strlen(folder));
}

static int learn(const char *text, size_t *ret_blocks, struct diag *diag)
{
	*diag = (struct diag){0};
	buf_clear(&wrote);
	return learn_blocks(
		&(struct learn_request){
			.text = text, .bytes = strlen(text), .folder = folder, .wrote = note},
		ret_blocks, diag);
}

static void file_is(const char *name, const char *wanted, size_t bytes)
{
	char path[256], content[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_non_null(file = fopen(path, "r"));
	assert_int_equal(fread(content, 1, sizeof(content), file), bytes);
	assert_memory_equal(content, wanted, bytes);
	fclose(file);
}

static int make_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/portolan-learn-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[128];

	buf_release(&wrote);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void a_block_becomes_samples_and_a_draft(void **state)
{
	static const char expect[] =
		"probe TCP NULL\nservice tcp-7777\nproduct zork\nversion 1.2\nsource real\n"
		"how from the block of an unrecognised service, port 7777, 11/26, version 0.1.0 on "
		"x86_64-linux; cut after 17 of 255 bytes\n";
	struct buf draft = BUF_INIT;
	struct diag diag;
	size_t blocks;

	if (learn("noise\n" BLOCK, &blocks, &diag))
		fail_msg("%s", diag.text);
	assert_int_equal(blocks, 1);
	assert_string_equal(buf_str(&wrote), "/samples/tcp-7777/NULL.bin\n"
					     "/samples/tcp-7777/NULL.expect\n"
					     "/samples/tcp-7777/Odd_Probe.bin\n"
					     "/samples/tcp-7777/Odd_Probe.expect\n"
					     "/tcp-7777.probe\n");
	file_is("samples/tcp-7777/NULL.bin", "zork v1.2 ready\r\n", 17);
	file_is("samples/tcp-7777/Odd_Probe.bin", "\0\xff", 2);
	file_is("samples/tcp-7777/NULL.expect", expect, strlen(expect));
	buf_addf(&draft,
		 "# tcp-7777: a draft that `portolan learn` made of a submission block. To be "
		 "mended:\n"
		 "# the service's name, the product, and how much of each pattern is the service\n"
		 "# and not this one host. Then: tools/check-services %s\n"
		 "\nProbe TCP NULL q||\n"
		 "match tcp-7777 m|^zork v(\\d[\\w.+~]*) ready\\r\\n| p/zork/ v/$1/\n"
		 "\n# What this probe sends is not known here: fill it in, and take the marks "
		 "away.\n"
		 "# Probe TCP Odd_Probe q|...|\n# match tcp-7777 m|^\\x00\\xff|\n",
		 folder);
	file_is("tcp-7777.probe", buf_str(&draft), draft.len);
	buf_release(&draft);
}

/* But for the probe that nobody knows, a draft is sound as it comes. */
static void the_draft_passes_the_check(void **state)
{
	const char *tools = getenv("PORTOLAN_TEST_TOOLS");
	char command[512];
	struct diag diag;
	size_t blocks;

	assert_int_equal(learn(HEAD "%r(NULL,11,\"zork\\x20v1\\.2\\x20ready\\r\\n\");\n"
				    "SF-Port9-UDP:V=1%r(Odd,1,\"x\");",
			       &blocks, &diag),
			 0);
	assert_int_equal(blocks, 2);
	snprintf(command, sizeof(command), "%s/signatures %s tcp-7777",
		 tools ? tools : "build/test", folder);
	assert_int_equal(system(command), 0);
}

static void blocks_of_one_port_do_not_meet(void **state)
{
	struct diag diag;
	size_t blocks;

	assert_int_equal(learn(BLOCK BLOCK "SF-Port7777-UDP:V=1%T=SSL%r(A,1,\"x\")%r(A,1,\"y\");",
			       &blocks, &diag),
			 0);
	assert_int_equal(blocks, 3);
	assert_non_null(strstr(buf_str(&wrote), "/tcp-7777.probe\n"));
	assert_non_null(strstr(buf_str(&wrote), "/tcp-7777-2.probe\n"));
	assert_non_null(strstr(buf_str(&wrote), "/udp-7777.probe\n"));
	file_is("samples/udp-7777/A.bin", "x", 1);
	file_is("samples/udp-7777/A-2.bin", "y", 1);
}

static void nothing_is_overwritten(void **state)
{
	struct diag diag;
	size_t blocks;

	assert_int_equal(learn(BLOCK, &blocks, &diag), 0);
	assert_int_equal(learn(BLOCK, &blocks, &diag), ERROR_EXISTS);
	assert_non_null(strstr(diag.text, "tcp-7777.probe is there already"));
	assert_non_null(strstr(diag.text, "--output"));
	assert_int_equal(wrote.len, 0);
}

static void what_cannot_be_learnt_is_told(void **state)
{
	struct diag diag;
	size_t blocks;

	assert_int_equal(learn("", &blocks, &diag), ERROR_NOT_FOUND);
	assert_int_equal(learn("no block", &blocks, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "SF-Port"));
	assert_int_equal(learn(HEAD ";", &blocks, &diag), ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "holds no response"));
	assert_int_equal(learn("SF-Port1-SCTP:V=1%r(A,1,\"x\");", &blocks, &diag),
			 ERROR_UNSUPPORTED);
	assert_int_equal(learn(HEAD "%r(", &blocks, &diag), ERROR_SYNTAX);
	assert_int_equal(wrote.len, 0);
}

static void names_stay_in_the_folder(void **state)
{
	struct diag diag;
	size_t blocks;

	assert_int_equal(learn(HEAD "%r(../../x,1,\"x\")%r(.,1,\"x\");", &blocks, &diag), 0);
	assert_non_null(strstr(buf_str(&wrote), "/samples/tcp-7777/x_____x.bin\n"));
	assert_non_null(strstr(buf_str(&wrote), "/samples/tcp-7777/x.bin\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_block_becomes_samples_and_a_draft), TEST(the_draft_passes_the_check),
		TEST(blocks_of_one_port_do_not_meet),      TEST(nothing_is_overwritten),
		TEST(what_cannot_be_learnt_is_told),       TEST(names_stay_in_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
