/* Every scan in test/golden/formats is played and must give the files beside
 * it, byte for byte. GOLDEN=rewrite writes those that are our own. */
#include "scan_script.h"
#include "xml_check.h"

#include <dirent.h>
#include <unistd.h>

static const char *const suffixes[SCRIPT_WRITERS] = {".nmap", ".xml", ".gnmap", ".screen"};

static void golden_path(char path[512], const char *name, const char *suffix)
{
	snprintf(path, 512, "test/golden/formats/%s%s", name, suffix);
}

static void rewrite(const char *path, const struct buf *text)
{
	const char *root = getenv("PORTOLAN_SOURCE_ROOT");
	char full[1024];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", root ? root : ".", path);
	file = fopen(full, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
	fclose(file);
}

static bool compare(const char *name, const char *suffix, struct buf *text)
{
	char path[512], *expected;
	bool equal;

	golden_path(path, name, suffix);
	/* What was measured is not ours to rewrite. */
	if (!strncmp(name, "own-", 4) && getenv("GOLDEN") && !strcmp(getenv("GOLDEN"), "rewrite")) {
		rewrite(path, text);
		return true;
	}
	expected = support_read_file(path, NULL);
	equal = !strcmp(expected, buf_str(text));
	if (!equal)
		printf("--- %s%s, expected:\n%s\n--- got:\n%s\n", name, suffix, expected,
		       buf_str(text));
	free(expected);
	return equal;
}

static bool play(const char *name)
{
	struct script *script = calloc(1, sizeof(*script));
	char path[512], *text;
	bool equal = true;
	size_t i;

	golden_path(path, name, ".scan");
	text = support_read_file(path, NULL);
	script_play(script, text);
	assert_int_equal(script->writers_count, SCRIPT_WRITERS);
	/* The tail of the document follows when it is closed; here it is not. */
	buf_add_str(&script->out[1], "</nmaprun>\n");
	if (!xml_is_well_formed(script->out[1].data, script->out[1].len, NULL))
		fail_msg("%s.xml is not well-formed", name);
	for (i = 0; i < SCRIPT_WRITERS; i++)
		equal &= compare(name, suffixes[i], &script->out[i]);
	script_release(script);
	free(script);
	free(text);
	return equal;
}

static void scans_give_their_files_byte_for_byte(void **state)
{
	const char *root = getenv("PORTOLAN_SOURCE_ROOT");
	size_t played = 0, wrong = 0;
	struct dirent *entry;
	char folder[512];
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/test/golden/formats", root ? root : ".");
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".scan") != 0)
			continue;
		*dot = '\0';
		played++;
		wrong += !play(entry->d_name);
	}
	closedir(dir);
	assert_true(played > 20);
	if (wrong)
		fail_msg("%zu of %zu scans differ", wrong, played);
}

static int use_utc(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans_give_their_files_byte_for_byte),
	};

	return cmocka_run_group_tests(tests, use_utc, NULL);
}
