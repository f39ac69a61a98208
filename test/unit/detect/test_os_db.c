/* The grammar of reference prints (formats.md 8). */
#include "os_fixture.h"

#include "detect/os/os_attributes.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define POINTS "MatchPoints\nSEQ(SP=25%GCD=75)\nECN(R=100%DF=20%Q=20)\nU1(R=50%IPL=100)\n\n"

static void an_entry_is_read(void **state)
{
	struct os_db *db = db_of("# provenance: made up\n" POINTS "# lab host 3, seen twice\n"
				 "Fingerprint Labtek router 2.x # or so\n"
				 "Class Labtek | LabOS | 2.X | router\n"
				 "CPE cpe:/o:labtek:labos:2 auto\n"
				 "CPE cpe:/h:labtek:box\n"
				 "Class Other|OtherOS||general purpose\r\n"
				 "# in between\n"
				 "SEQ(SP=FB-105%GCD=1-6)\n"
				 "ECN(DF=Y|N%Q=)  \n"
				 "U1()\n");
	struct os_entry entry = os_db_entry(db, 0);

	assert_int_equal(os_db_entries(db), 1);
	assert_string_equal(entry.name, "Labtek router 2.x");
	assert_string_equal(entry.file, "some.fp");
	assert_int_equal(entry.line, 8);
	assert_int_equal(entry.classes_count, 2);
	assert_string_equal(entry.classes[0].vendor, "Labtek");
	assert_string_equal(entry.classes[0].family, "LabOS");
	assert_string_equal(entry.classes[0].generation, "2.X");
	assert_string_equal(entry.classes[0].type, "router");
	assert_int_equal(entry.classes[0].cpes_count, 2);
	assert_string_equal(entry.classes[0].cpes[0], "cpe:/o:labtek:labos:2");
	assert_string_equal(entry.classes[0].cpes[1], "cpe:/h:labtek:box");
	assert_null(entry.classes[1].generation);
	assert_string_equal(entry.classes[1].type, "general purpose");
	assert_int_equal(entry.classes[1].cpes_count, 0);
	assert_int_equal(os_db_points(db, OS_SEQ_GCD), 75);
	assert_int_equal(os_db_points(db, OS_IE_CD), 0);
	assert_string_equal(os_db_expression(db, 0, OS_SEQ_SP), "FB-105");
	assert_string_equal(os_db_expression(db, 0, OS_ECN_Q), "");
	assert_null(os_db_expression(db, 0, OS_ECN_W));
	/* Implied. */
	assert_string_equal(os_db_expression(db, 0, OS_ECN_R), "Y");
	assert_string_equal(os_db_expression(db, 0, OS_U1_R), "N");
	assert_null(os_db_expression(db, 0, OS_IE_R));
	os_db_free(db);
}

static void some_lines_say_nothing(void **state)
{
	struct os_db *db = db_of(POINTS "Fingerprint x\n"
					"Class Labtek | LabOS || router\n"
					"Class | | |\n"
					"CPE cpe:/o:nobody:nothing\n"
					"SEQ(R=N)\n"
					"ECN(R=Y|N%DF=Y)\n"
					"\n\n"
					"Fingerprint y\n"
					"Fingerprint z\n"
					"SEQ(SP=1)");

	assert_int_equal(os_db_entries(db), 3);
	assert_int_equal(os_db_classes(db), 1);
	assert_int_equal(os_db_cpes(db), 0);
	assert_null(os_db_expression(db, 0, OS_SEQ_SP));
	assert_string_equal(os_db_expression(db, 0, OS_ECN_R), "Y|N");
	assert_string_equal(os_db_expression(db, 2, OS_SEQ_SP), "1");
	assert_int_equal(os_db_left_out(db), 0);
	os_db_free(db);
}

/* `block` is left out with these words; what stands around it stays. */
static void is_left_out(const char *block, const char *words)
{
	char text[4096];
	const struct text_file texts[] = {{"dir/my.fp", text, 0}};
	struct text_file one = texts[0];
	struct said said = {0};
	struct os_db *db = NULL;
	struct diag diag = {0};

	snprintf(text, sizeof(text),
		 "%sFingerprint a\nClass A|A|1|x\nCPE cpe:/a\nSEQ(SP=1)\n\n%s\n\n"
		 "Fingerprint b\nClass B|B|2|y\nCPE cpe:/b\nSEQ(SP=2)\n",
		 POINTS, block);
	one.bytes = strlen(text);
	assert_int_equal(os_db_parse(&one, 1, hear, &said, &db, &diag), 0);
	if (said.count != 1 || !strstr(said.last, words) || !strstr(said.last, "dir/my.fp, line 1"))
		fail_msg("%s: %zu times: %s", block, said.count, said.last);
	assert_int_equal(os_db_left_out(db), 1);
	assert_int_equal(os_db_entries(db), 2);
	assert_int_equal(os_db_classes(db), 2);
	assert_int_equal(os_db_cpes(db), 2);
	assert_string_equal(os_db_entry(db, 1).name, "b");
	assert_string_equal(os_db_entry(db, 1).classes[0].vendor, "B");
	assert_string_equal(os_db_entry(db, 1).classes[0].cpes[0], "cpe:/b");
	assert_string_equal(os_db_expression(db, 1, OS_SEQ_SP), "2");
	os_db_free(db);
}

static void a_faulty_block_is_left_out_and_named(void **state)
{
	static const char start[] = "Fingerprint x\nClass X|X|3|z\nCPE cpe:/x\n";
	static const struct {
		const char *lines, *words;
	} rows[] = {
		{"SEQX(SP=1)", "known name"},
		{"SP=1", "known name"},
		{"SEQ(XX=1)", "no attribute"},
		{"SEQ(SP=1%SP=2)", "twice"},
		{"SEQ(SP=1", "no )"},
		{"SEQ(SP=1) x", "no )"},
		{"SEQ(SP)", "= and a value"},
		{"SEQ(SP=1%)", "follow the %"},
		{"SEQ(SP=1%%GCD=1)", "= and a value"},
		{"SEQ(SP=1)\nSEQ(SP=1)", "test stands twice"},
		{"ECN(R=Y)", "R=N"},
		{"ECN(R=N%DF=Y)", "allow Y"},
		{"SEQ(R=Y)", "no attribute"},
		{"SEQ(SP=>)", "behind < or >"},
		{"SEQ(SP=1-)", "range"},
		{"OPS(O1=M[1)", "no end"},
		{"T2(R=Y%O=M[1|])", "between brackets"},
		{"SEQ(SP=1)\nMatchPoints", "known name"},
	};
	char block[2200];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(block, sizeof(block), "%s%s\nU1(IPL=5)", start, rows[i].lines);
		is_left_out(block, rows[i].words);
	}
	is_left_out("Nonsense\nSEQ(SP=1)", "begin a block");
	is_left_out("Fingerprint # no name\nSEQ(SP=1)", "a name");
	memset(block, 'x', 2100);
	memcpy(block, "Fingerprint a\nClass ", 20);
	block[2100] = '\0';
	is_left_out(block, "2047");
}

static void a_zero_byte_spoils_a_block(void **state)
{
	static const char text[] = POINTS "Fingerprint \0a\nSEQ(SP=1)\n\n"
					  "Fingerprint b\nSEQ(SP=\0)\n\nFingerprint c\n";
	const struct text_file one = {"x", text, sizeof(text) - 1};
	struct said said = {0};
	struct os_db *db = NULL;

	assert_int_equal(os_db_parse(&one, 1, hear, &said, &db, NULL), 0);
	assert_int_equal(said.count, 2);
	assert_int_equal(os_db_entries(db), 1);
	assert_string_equal(os_db_entry(db, 0).name, "c");
	os_db_free(db);
}

static void is_fatal(const char *text, unsigned line, const char *words)
{
	const struct text_file one = {"bad.fp", text, strlen(text)};
	struct os_db *db = NULL;
	struct diag diag = {0};

	assert_int_equal(os_db_parse(&one, 1, NULL, NULL, &db, &diag), ERROR_SYNTAX);
	assert_null(db);
	if (diag.line != line || !strstr(diag.text, words) || !strstr(diag.text, "bad.fp"))
		fail_msg("%s: line %u: %s", text, diag.line, diag.text);
}

static void some_mistakes_are_fatal(void **state)
{
	is_fatal("Fingerprint x\n", 1, "MatchPoints must stand before");
	is_fatal(POINTS POINTS, 6, "once");
	is_fatal(POINTS "Fingerprint x\n\nMatchPoints\n", 8, "once");
	is_fatal("MatchPoints\nSEQ(SP=0)\n", 2, "points");
	is_fatal("MatchPoints\nSEQ(SP=-5)\n", 2, "points");
	is_fatal("MatchPoints\nSEQ(SP=10001)\n", 2, "points");
	is_fatal("MatchPoints\nSEQ(SP=)\n", 2, "points");
	is_fatal("MatchPoints\nSEX(SP=1)\n", 2, "known name");
	is_fatal("MatchPoints\nSEQ(SP=1)\nSEQ(GCD=1)\n", 3, "twice");
	is_fatal(POINTS "Fingerprint x\nClass a | b | c\n", 7, "split by |");
	is_fatal(POINTS "Fingerprint x\nCPE cpe:/o\n", 7, "below its Class");
	is_fatal(POINTS "Fingerprint x\nClass a|b|c|d\n\nFingerprint y\nCPE cpe:/o\n", 10,
		 "below its Class");
}

static void several_texts_are_one_database(void **state)
{
	static const char first[] = POINTS "Fingerprint a\nSEQ(SP=1)\n",
			  second[] = "\nFingerprint b\nSEQ(SP=1)\n",
			  third[] = POINTS "Fingerprint a\nSEQ(SP=3)",
			  other[] = "MatchPoints\nSEQ(SP=26)\n\nFingerprint d\n";
	struct text_file texts[] = {{"1.fp", first, sizeof(first) - 1},
				    {"2.fp", second, sizeof(second) - 1},
				    {"3.fp", third, sizeof(third) - 1},
				    {"4.fp", other, sizeof(other) - 1}};
	struct os_db *db = NULL;
	struct diag diag = {0};

	assert_int_equal(os_db_parse(texts, 3, NULL, NULL, &db, &diag), 0);
	assert_int_equal(os_db_entries(db), 3);
	assert_string_equal(os_db_entry(db, 1).file, "2.fp");
	assert_int_equal(os_db_entry(db, 1).line, 2);
	assert_string_equal(os_db_entry(db, 2).file, "3.fp");
	assert_ptr_equal(os_db_entry(db, 0).name, os_db_entry(db, 2).name);
	os_db_free(db);
	db = NULL;
	assert_int_equal(os_db_parse(texts, 4, NULL, NULL, &db, &diag), ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "4.fp, line 3: these MatchPoints differ"));
	assert_int_equal(os_db_parse(texts + 1, 1, NULL, NULL, &db, &diag), ERROR_SYNTAX);
	texts[0].bytes = OS_DB_TEXT_MAX + 1;
	assert_int_equal(os_db_parse(texts, 1, NULL, NULL, &db, &diag), ERROR_LIMIT);
}

static void the_head_tells_of_newer_files(void **state)
{
	static const struct {
		const char *head;
		size_t said;
	} rows[] = {{"This nmap-os-db requires Nmap 7.93 or later\n", 0},
		    {"This nmap-os-db requires Nmap 7.99 or later\n", 0},
		    {"This nmap-os-db requires Nmap 8.01 or later\n", 1},
		    {"This nmap-os-db needs nothing\n", 0},
		    {"\nThis nmap-os-db requires Nmap 7.93\n\n", 1}};
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text_file one = {"x", text, 0};
		struct said said = {0};
		struct os_db *db = NULL;

		snprintf(text, sizeof(text), "%s%s", rows[i].head, POINTS);
		one.bytes = strlen(text);
		assert_int_equal(os_db_parse(&one, 1, hear, &said, &db, NULL), 0);
		assert_int_equal(said.count, rows[i].said);
		os_db_free(db);
	}
}

static void files_that_cannot_be_read(void **state)
{
	struct os_db *db = NULL;
	struct diag diag = {0};

	assert_int_equal(os_db_load("/nonexistent/x.fp", NULL, NULL, &db, &diag), ERROR_NOT_FOUND);
	assert_int_equal(os_db_load("/dev", NULL, NULL, &db, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "*.fp"));
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int load_folder(void *self)
{
	struct os_db *db = NULL;
	int r = os_db_load(self, NULL, NULL, &db, NULL);

	if (r == 0) {
		assert_int_equal(os_db_entries(db), 3);
		assert_string_equal(os_db_entry(db, 0).name, "first");
		assert_string_equal(os_db_entry(db, 2).name, "third");
		assert_non_null(strstr(os_db_entry(db, 1).file, "/b.fp"));
	}
	os_db_free(db);
	return r;
}

static void a_folder_is_read_in_order_of_names(void **state)
{
	static const char *const names[] = {"b.fp", "a.fp", "c.fp", "d.txt"};
	char folder[] = "/tmp/portolan-os-db-XXXXXX", path[300];
	size_t i;

	assert_non_null(mkdtemp(folder));
	write_file(folder, "b.fp", "Fingerprint second\nSEQ(SP=2)\n");
	write_file(folder, "a.fp", POINTS "Fingerprint first\nSEQ(SP=1)\n");
	write_file(folder, "c.fp", "Fingerprint third\nSEQ(SP=3)\n");
	write_file(folder, "d.txt", "no fingerprints at all\n");
	assert_int_equal(load_folder(folder), 0);
	support_each_allocation_fails(load_folder, folder, 200);
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		assert_int_equal(remove(path), 0);
	}
	assert_int_equal(rmdir(folder), 0);
}

static int parse_some(void *self)
{
	static const char text[] = POINTS "Fingerprint a\nClass A|B|C|D\nCPE cpe:/a\nSEQ(SP=1)\n\n"
					  "Fingerprint b\nECN(R=Y%Q=)\n";
	const struct text_file one = {"x", text, sizeof(text) - 1};
	struct os_db *db = NULL;
	int r = os_db_parse(&one, 1, NULL, NULL, &db, NULL);

	os_db_free(db);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(parse_some, NULL, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_read),
		cmocka_unit_test(some_lines_say_nothing),
		cmocka_unit_test(a_faulty_block_is_left_out_and_named),
		cmocka_unit_test(a_zero_byte_spoils_a_block),
		cmocka_unit_test(some_mistakes_are_fatal),
		cmocka_unit_test(several_texts_are_one_database),
		cmocka_unit_test(the_head_tells_of_newer_files),
		cmocka_unit_test(files_that_cannot_be_read),
		cmocka_unit_test(a_folder_is_read_in_order_of_names),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
