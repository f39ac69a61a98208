/* What is made of the features: toy models, and the one that is built in with what it was and was
 * not trained on. */
#include "support.h"

#include "detect/os/os6_model.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct os6_features features;
static struct os6_verdict verdict;

/* ---- toy models ---- */

/* Two classes that differ in S1's window: weight w0 and w1, usual 0 and 1. */
static const char *toy(struct buf *text, int w0, int w1, const char *changed)
{
	char name[64];
	unsigned i;

	buf_clear(text);
	buf_add_str(text,
		    "# a toy\nclass\tAlpha 1\tAcme\tAlpha\t1.X\trouter\tcpe:/o:a:b cpe:/h:c:d\n"
		    "class\tBeta\tBeta\tBeta\t\tgeneral purpose\t\n");
	for (i = 0; i < OS6_FEATURES; i++) {
		os6_feature_name(i, name, sizeof(name));
		if (strcmp(name, changed) == 0)
			buf_addf(text, "feature\t%s\t-10000000\t100000\t%d\t0\t0\t%d\t1000000\t0\n",
				 name, w0 * 1000000, w1 * 1000000);
		else
			buf_addf(text, "feature\t%s\t0\t1000000\t0\t0\t-1000000\t0\t0\t-1000000\n",
				 name);
	}
	return buf_str(text);
}

static struct os6_model *toy_model(int w0, int w1)
{
	struct buf text = BUF_INIT;
	struct os6_model *model = NULL;
	struct diag diag = {0};

	(void)toy(&text, w0, w1, "S1.window");
	if (os6_model_parse(buf_str(&text), text.len, &model, &diag) < 0)
		fail_msg("%s", diag.text);
	buf_release(&text);
	return model;
}

static void set(const char *wanted, double value)
{
	char name[64];
	unsigned i;

	for (i = 0; i < OS6_FEATURES; i++) {
		os6_feature_name(i, name, sizeof(name));
		if (strcmp(name, wanted) == 0)
			break;
	}
	assert_true(i < OS6_FEATURES);
	features.values[i] = value;
}

static void set_syn_ack(double window)
{
	unsigned i;

	for (i = 0; i < OS6_FEATURES; i++) {
		features.values[i] = -1;
		features.asked[i] = true;
	}
	set("S1.syn", 1);
	set("S1.ack", 1);
	set("S1.rst", 0);
	set("S1.window", window);
}

static enum os6_decision judge(struct os6_model *model)
{
	os6_model_judge(model, &features, &verdict);
	return verdict.decision;
}

static void a_model_is_read(void **state)
{
	struct os6_model *model = toy_model(1, 2);
	const struct os6_class *alpha = os6_model_class(model, 0),
			       *beta = os6_model_class(model, 1);

	assert_int_equal(os6_model_classes(model), 2);
	assert_string_equal(alpha->name, "Alpha 1");
	assert_string_equal(alpha->class.vendor, "Acme");
	assert_string_equal(alpha->class.family, "Alpha");
	assert_string_equal(alpha->class.generation, "1.X");
	assert_string_equal(alpha->class.type, "router");
	assert_int_equal(alpha->class.cpes_count, 2);
	assert_string_equal(alpha->class.cpes[1], "cpe:/h:c:d");
	assert_null(beta->class.generation);
	assert_int_equal(beta->class.cpes_count, 0);
	os6_model_free(model);
}

/* Window 20 is scaled to 1: p = 1 / (1 + exp(-w)). */
static void scores_are_what_the_rule_says(void **state)
{
	struct os6_model *model = toy_model(-1, 2);

	set_syn_ack(20);
	assert_int_equal(judge(model), OS6_KNOWN);
	assert_int_equal(verdict.count, 2);
	assert_int_equal(verdict.scores[0].place, 1);
	assert_true(fabs(verdict.scores[0].probability - 1 / (1 + exp(-2))) < 1e-9);
	assert_true(fabs(verdict.scores[1].probability - 1 / (1 + exp(1))) < 1e-9);
	assert_true(verdict.scores[0].novelty < 1e-9);
	assert_true(fabs(verdict.scores[1].novelty - 10) < 1e-9); /* 1 away, variance 0.01 */
	os6_model_free(model);
}

static void several_that_are_likely_are_none(void **state)
{
	struct os6_model *model = toy_model(3, 3);

	set_syn_ack(20);
	assert_int_equal(judge(model), OS6_UNSURE);
	assert_int_equal(verdict.scores[0].place, 0); /* in order */
	os6_model_free(model);
}

/* Two classes of one name, of which the likelier one is far away. */
static void shapes_of_one_system_are_one(void **state)
{
	struct buf text = BUF_INIT, same = BUF_INIT;
	struct os6_model *model = NULL;
	const char *at;

	(void)toy(&text, 3, 3, "S1.window");
	at = strstr(buf_str(&text), "class\tBeta");
	buf_add(&same, text.data, (size_t)(at - (const char *)text.data));
	buf_add_str(&same, "class\tAlpha 1\tAcme\tAlpha\t1.X\trouter\t");
	buf_add_str(&same, strchr(at, '\n'));
	assert_int_equal(os6_model_parse(buf_str(&same), same.len, &model, NULL), 0);
	set_syn_ack(10 + 24); /* 24 from the first's mean in deviations, 14 from the second's */
	assert_int_equal(judge(model), OS6_KNOWN);
	assert_true(verdict.scores[0].novelty > 15 && verdict.scores[1].novelty < 15);
	os6_model_free(model);
	buf_release(&text);
	buf_release(&same);
}

static void unlikely_is_none(void **state)
{
	struct os6_model *model = toy_model(-1, -4);

	set_syn_ack(20);
	assert_int_equal(judge(model), OS6_UNSURE);
	os6_model_free(model);
}

static void what_is_far_from_all_is_none(void **state)
{
	struct os6_model *model = toy_model(-1, 2);

	set_syn_ack(10 + 25);
	assert_int_equal(judge(model), OS6_NOVEL); /* 1.5 away, variance 0.01: 15 */
	set_syn_ack(10 + 24);
	assert_int_equal(judge(model), OS6_KNOWN);
	os6_model_free(model);
}

static void without_a_syn_ack_nothing_is_said(void **state)
{
	struct os6_model *model = toy_model(-1, 2);

	set_syn_ack(20);
	set("S1.rst", 1);
	assert_int_equal(judge(model), OS6_TOO_LITTLE);
	os6_model_free(model);
}

static void what_was_not_asked_does_not_count(void **state)
{
	struct os6_model *model = toy_model(-1, 2);
	unsigned i;

	set_syn_ack(20);
	for (i = 0; i < OS6_FEATURES; i++)
		features.asked[i] = false;
	(void)judge(model);
	assert_true(verdict.scores[0].probability == 0.5 && verdict.scores[0].novelty == 0);
	os6_model_free(model);
}

static void reject(const char *text, const char *words)
{
	struct os6_model *model = NULL;
	struct diag diag = {0};

	assert_int_equal(os6_model_parse(text, strlen(text), &model, &diag), ERROR_SYNTAX);
	if (!strstr(diag.text, words))
		fail_msg("%s: not about %s", diag.text, words);
	assert_null(model);
}

static void damaged_models_are_refused(void **state)
{
	static const char one[] = "class\tA\tA\tA\t\tx\t\n";
	struct buf text = BUF_INIT;
	char *at;

	reject("", "fewer than 695");
	reject("classes\tA\n", "a line begins");
	reject("class\tA\tA\n", "a class has a name");
	reject("class\tA\tA\tA\t\tx\ta b c d e\n", "at most 4");
	reject("feature\tS1.payload-bytes\t0\t0\n", "no class");
	buf_add_str(&text, one);
	buf_add_str(&text, "feature\tS2.window\t0\t0\t0\t0\t0\n");
	reject(buf_str(&text), "comes next");
	buf_clear(&text);
	buf_add_str(&text, one);
	buf_add_str(&text, "feature\tS1.payload-bytes\t0\t1x\t0\t0\t0\n");
	reject(buf_str(&text), "the scale");
	buf_clear(&text);
	buf_add_str(&text, one);
	buf_add_str(&text, "feature\tS1.payload-bytes\t0\t1\t0\t0\t9999999999999999999\n");
	reject(buf_str(&text), "three whole numbers");
	buf_clear(&text);
	buf_add_str(&text, one);
	buf_add_str(&text, "feature\tS1.payload-bytes\t0\t1\t0\t0\t0\t0\n");
	reject(buf_str(&text), "more than the classes");
	(void)toy(&text, 1, 1, "S1.window");
	buf_add_str(&text, "class\tA\tA\tA\t\tx\t\n");
	reject(buf_str(&text), "come before");
	(void)toy(&text, 1, 1, "S1.window");
	buf_add_str(&text, "feature\tx\n");
	reject(buf_str(&text), "more than 695");
	(void)toy(&text, 1, 1, "S1.window");
	at = strstr(buf_str(&text), "feature\tT7.window-per-mss");
	*at = '#';
	reject(buf_str(&text), "comes next");
	buf_release(&text);
}

static void short_memory_is_told(void **state)
{
	struct os6_model *model = NULL;
	struct buf text = BUF_INIT;
	long nth;
	int r = ERROR_MEMORY;

	(void)toy(&text, 1, 2, "S1.window");
	for (nth = 0; r < 0; nth++) {
		alloc_fault_after(nth);
		r = os6_model_parse(buf_str(&text), text.len, &model, NULL);
		alloc_fault_after(-1);
		assert_true(r == 0 || r == ERROR_MEMORY);
	}
	assert_true(nth > 2);
	os6_model_free(model);
	buf_release(&text);
}

/* ---- the one that is built in ---- */

static struct os6_model *builtin(void)
{
	struct os6_model *model = NULL;

	assert_int_equal(os6_model_builtin(&model), 0);
	return model;
}

static struct os6_print print;

static void make_features(const char *text, size_t bytes, const char *path)
{
	struct os_scan_line scan = {0};
	struct os6_manner manner;
	struct diag diag = {0};

	if (os6_print_parse(text, bytes, &print, &scan, NULL, &diag) < 0)
		fail_msg("%s: %s", path, diag.text);
	manner = os6_manner_of(&scan);
	os6_features_make(&print, &manner, &features);
}

/* What a sample's head says: "# stack: linux". */
static void stack_of(const char *text, char stack[32])
{
	const char *at = strstr(text, "# stack: ");

	assert_non_null(at);
	assert_int_equal(sscanf(at, "# stack: %31s", stack), 1);
}

/* Does data/os6/classes.txt give the stack this name? */
static bool is_named(const char *classes, const char *stack, const char *name)
{
	char row[256];

	snprintf(row, sizeof(row), "\n%s\t%s\t", stack, name);
	return strstr(classes, row) != NULL;
}

/* What a path below data/os6/ says; released by the caller. */
static void read_file(const char *name, struct buf *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/data/os6/%s", getenv("PORTOLAN_SOURCE_ROOT"), name);
	assert_int_equal(file_read(path, 1u << 20, text, NULL), 0);
}

static void make_features_of(const char *text, const char *path)
{
	const char *scan = strstr(text, "SCAN(");

	assert_non_null(scan);
	make_features(scan, strlen(scan), path);
}

static void judge_sample(struct os6_model *model, const char *classes, const struct text_file *file,
			 unsigned *right, unsigned *told)
{
	struct buf text = BUF_INIT;
	char stack[32];

	buf_add(&text, file->text, file->bytes);
	stack_of(buf_str(&text), stack);
	make_features_of(buf_str(&text), file->name);
	if (judge(model) == OS6_KNOWN) {
		const char *found = os6_model_class(model, verdict.scores[0].place)->name;

		if (!is_named(classes, stack, found))
			fail_msg("%s: %s", file->name, found);
		(*right)++;
	}
	*told += verdict.decision != OS6_TOO_LITTLE;
	buf_release(&text);
}

static void no_sample_is_taken_for_another(void **state)
{
	struct os6_model *model = builtin();
	struct text_files files = {0};
	struct buf classes = BUF_INIT;
	unsigned right = 0, told = 0;
	char folder[512];
	size_t i;

	read_file("classes.txt", &classes);
	snprintf(folder, sizeof(folder), "%s/data/os6/samples", getenv("PORTOLAN_SOURCE_ROOT"));
	assert_int_equal(text_files_read(folder, ".txt", 8u << 20, &files, NULL), 0);
	for (i = 0; i < files.count; i++)
		judge_sample(model, buf_str(&classes), &files.all[i], &right, &told);
	assert_true(told >= 40);
	assert_true(right * 100 >= told * 90);
	text_files_release(&files);
	buf_release(&classes);
	os6_model_free(model);
}

/* ---- what was never seen ---- */

#define LINUX_SAMPLE "samples/linux-6.18.44-default.txt"

static void load_linux(void)
{
	struct buf text = BUF_INIT;

	read_file(LINUX_SAMPLE, &text);
	make_features_of(buf_str(&text), LINUX_SAMPLE);
	buf_release(&text);
}

/* How a stack differs from Linux, as far as is tried here. */
struct foreign {
	const char *name;
	uint8_t hop_limit;
	uint16_t window;
	uint8_t options_bytes;
	const char *options;   /* of SYN/ACKs */
	bool answers_oddities; /* T2 and T3 */
};

static const struct foreign foreigners[] = {
	{"like Windows", 128, 65535, 20, "\2\4\5\xa0\1\3\3\x08\4\2\x08\x0a\1\2\3\4\xff\xff\xff\xff",
	 true},
	{"like FreeBSD", 64, 65535, 20, "\2\4\5\xa0\1\3\3\6\4\2\x08\x0a\1\2\3\4\xff\xff\xff\xff",
	 false},
	{"like macOS", 64, 65535, 24,
	 "\2\4\5\xa0\1\3\3\6\1\1\x08\x0a\1\2\3\4\xff\xff\xff\xff\4\2\0\0", false},
	{"like OpenBSD", 64, 16384, 24,
	 "\2\4\5\xa0\1\1\4\2\1\3\3\6\1\1\x08\x0a\1\2\3\4\xff\xff\xff\xff", false},
	{"like a small device", 255, 2920, 4, "\2\4\5\xb4", false},
	{"like a printer", 64, 11584, 12, "\2\4\5\xb4\1\3\3\0\0\0\0\0", true},
};

static void change(enum os6_probe probe, const struct foreign *foreign)
{
	struct os6_reply *reply = &print.replies[probe];
	uint8_t bytes[OS6_REPLY_BYTES];
	struct packet packet;

	memcpy(bytes, reply->bytes, sizeof(bytes));
	if (!reply->seen || !packet_parse(bytes, reply->count, &packet))
		return;
	if (packet.ip.ttl != 255)
		packet.ip.ttl = foreign->hop_limit;
	if (packet.kind == PACKET_TCP && packet.tcp.flags & TCP_SYN) {
		packet.tcp.window = foreign->window;
		packet.tcp.options_bytes = foreign->options_bytes;
		memcpy(packet.tcp.options, foreign->options, foreign->options_bytes);
	}
	os6_print_note(&print, probe, &packet, reply->sent_us, reply->heard_us);
}

static void make_foreign(const struct foreign *foreign, bool closed_port, bool silent_icmp)
{
	struct os6_manner manner = {.has_distance = true, .distance = 1, .distance_by = 'D'};
	int probe;

	load_linux();
	if (silent_icmp)
		print.replies[OS6_IE1].seen = print.replies[OS6_IE2].seen =
			print.replies[OS6_U1].seen = false;
	for (probe = 0; probe < OS6_PROBES; probe++) {
		manner.asked[probe] = closed_port || probe < OS6_T5;
		if (foreign->answers_oddities && (probe == OS6_T2 || probe == OS6_T3))
			print.replies[probe] = print.replies[OS6_T5];
		change((enum os6_probe)probe, foreign);
	}
	os6_features_make(&print, &manner, &features);
}

static void strangers_get_no_name(void **state)
{
	struct os6_model *model = builtin();
	size_t i;
	int how;

	for (i = 0; i < sizeof(foreigners) / sizeof(foreigners[0]); i++)
		for (how = 0; how < 4; how++) {
			make_foreign(&foreigners[i], how & 1, how & 2);
			if (judge(model) == OS6_KNOWN)
				fail_msg("%s is taken for %s", foreigners[i].name,
					 os6_model_class(model, verdict.scores[0].place)->name);
		}
	load_linux();
	assert_int_equal(judge(model), OS6_KNOWN);
	os6_model_free(model);
}

/* Half of a host is no host. */
static void silence_is_told_from_answers(void **state)
{
	static const enum os6_probe lost[] = {OS6_IE2, OS6_T4, OS6_T5, OS6_TECN, OS6_S3};
	struct os6_model *model = builtin();
	struct os6_manner manner = {.has_distance = true, .distance = 1, .distance_by = 'D'};
	unsigned i;

	load_linux();
	for (i = 0; i < OS6_PROBES; i++)
		manner.asked[i] = true;
	for (i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
		print.replies[lost[i]].seen = false;
	os6_features_make(&print, &manner, &features);
	assert_int_not_equal(judge(model), OS6_KNOWN);
	os6_model_free(model);
}

static void without_an_open_port_linux_has_no_name(void **state)
{
	struct os6_model *model = builtin();
	struct os_scan_line scan = {.open_tcp = OS_NONE, .closed_tcp = 81, .distance_by = 'D'};
	struct os6_manner manner = os6_manner_of(&scan);
	int probe;

	load_linux();
	for (probe = 0; probe < OS6_PROBES; probe++)
		print.replies[probe].seen &= manner.asked[probe];
	os6_features_make(&print, &manner, &features);
	assert_int_equal(judge(model), OS6_TOO_LITTLE);
	os6_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_model_is_read),
		cmocka_unit_test(scores_are_what_the_rule_says),
		cmocka_unit_test(several_that_are_likely_are_none),
		cmocka_unit_test(shapes_of_one_system_are_one),
		cmocka_unit_test(unlikely_is_none),
		cmocka_unit_test(what_is_far_from_all_is_none),
		cmocka_unit_test(without_a_syn_ack_nothing_is_said),
		cmocka_unit_test(what_was_not_asked_does_not_count),
		cmocka_unit_test(damaged_models_are_refused),
		cmocka_unit_test(short_memory_is_told),
		cmocka_unit_test(no_sample_is_taken_for_another),
		cmocka_unit_test(strangers_get_no_name),
		cmocka_unit_test(silence_is_told_from_answers),
		cmocka_unit_test(without_an_open_port_linux_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
