/* Copies of results and findings: whole, bounded, and sound whatever was handed over. */
#include "support.h"

#include "engine/script_copy.h"
#include "script_fixture.h"
#include "util/alloc.h"

#include <math.h>
#include <string.h>

static void a_copy_may_be_moved(void **state)
{
	size_t bytes = script_result_bytes(&fixture_script);
	void *first = calloc(1, bytes), *second = calloc(1, bytes);
	const struct script_result *copy;

	(void)script_result_copy_into(first, &fixture_script);
	memcpy(second, first, bytes);
	memset(first, 0xa5, bytes);
	free(first);
	copy = script_result_moved(second);
	assert_string_equal(copy->id, "http-title");
	assert_string_equal(copy->stopped, "time limit 5 s");
	assert_int_equal(copy->nodes_count, fixture_script.nodes_count);
	for (size_t i = 0; i < copy->nodes_count; i++) {
		const struct script_node *node = &copy->nodes[i], *was = &fixture_nodes[i];

		assert_int_equal(node->kind, was->kind);
		assert_int_equal(node->depth, was->depth);
		assert_true(!node->key == !was->key && !node->text == !was->text);
		if (was->key)
			assert_string_equal(node->key, was->key);
		if (was->text)
			assert_string_equal(node->text, was->text);
	}
	free(second);
}

static void findings_are_copied_whole(void **state)
{
	const struct script_finding *copy = script_finding_copy_new(&fixture_finding);

	assert_string_equal(copy->title, fixture_finding.title);
	assert_string_equal(copy->seen, fixture_finding.seen);
	assert_string_equal(copy->references[1], fixture_references[1]);
	assert_ptr_not_equal(copy->references[1], fixture_references[1]);
	assert_int_equal(copy->severity, FINDING_HIGH);
	alloc_free((void *)copy);
}

static void what_is_no_tree_becomes_one(void **state)
{
	const struct script_node nodes[] = {
		{.kind = SCRIPT_TABLE, .depth = 7, .text = "x"},
		{.kind = SCRIPT_TEXT, .depth = 0},
		{.kind = SCRIPT_TABLE, .depth = 5},
		{.kind = SCRIPT_TEXT, .depth = 9, .text = "y"},
		{.kind = SCRIPT_TEXT, .depth = 3, .text = "z"},
		{.kind = SCRIPT_TEXT, .depth = 1, .text = "z"},
		{.kind = SCRIPT_TEXT, .depth = 2, .text = "z"},
	};
	static const uint32_t depths[] = {0, 1, 1, 2, 2, 1, 1};
	struct script_result result = {.nodes = nodes, .nodes_count = 7};
	const struct script_result *copy = script_result_copy_new(&result);

	assert_int_equal(copy->nodes_count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(copy->nodes[i].depth, depths[i]);
	assert_null(copy->nodes[0].text);
	assert_string_equal(copy->nodes[1].text, "");
	assert_string_equal(copy->id, "");
	assert_string_equal(copy->text, "");
	assert_false(copy->cut);
	alloc_free((void *)copy);
	/* Behind a value that is no table nothing belongs to it. */
	result.nodes = nodes + 3;
	result.nodes_count = 4;
	copy = script_result_copy_new(&result);
	assert_int_equal(copy->nodes_count, 1);
	assert_int_equal(copy->nodes[0].depth, 0);
	alloc_free((void *)copy);
}

static void what_is_too_large_is_cut_and_says_so(void **state)
{
	char *text = malloc(SCRIPT_OUTPUT_MAX + 2);
	struct script_node *nodes = calloc(SCRIPT_NODES_MAX + 1, sizeof(*nodes));
	struct script_result result = {.id = "x", .text = text};
	const struct script_result *copy;

	memset(text, 'x', SCRIPT_OUTPUT_MAX + 1);
	text[SCRIPT_OUTPUT_MAX + 1] = '\0';
	copy = script_result_copy_new(&result);
	assert_int_equal(strlen(copy->text), SCRIPT_OUTPUT_MAX);
	assert_true(copy->cut);
	alloc_free((void *)copy);
	text[SCRIPT_OUTPUT_MAX] = '\0';
	copy = script_result_copy_new(&result);
	assert_false(copy->cut);
	alloc_free((void *)copy);
	text[0] = '\0';
	nodes[0].kind = SCRIPT_TABLE;
	result.nodes = nodes;
	result.nodes_count = SCRIPT_NODES_MAX + 1;
	copy = script_result_copy_new(&result);
	assert_int_equal(copy->nodes_count, SCRIPT_NODES_MAX);
	assert_true(copy->cut);
	alloc_free((void *)copy);
	free(nodes);
	free(text);
}

static void findings_that_make_no_sense_are_tidied(void **state)
{
	static const char *const references[] = {"a\nb\n", NULL};
	struct script_finding finding = {
		.references = references, .references_count = 2, .confidence = (double)NAN};
	const struct script_finding *copy = script_finding_copy_new(&finding);

	assert_string_equal(copy->references[0], "a b ");
	assert_string_equal(copy->references[1], "");
	assert_string_equal(copy->source, "");
	assert_true(copy->confidence == 0);
	alloc_free((void *)copy);
	finding.confidence = 2;
	copy = script_finding_copy_new(&finding);
	assert_true(copy->confidence == 1);
	alloc_free((void *)copy);
}

static void names_are_read_back(void **state)
{
	for (int i = 0; i < SCRIPT_SCOPES; i++)
		assert_int_equal(script_scope_parse(script_scope_name((enum script_scope)i)), i);
	for (int i = 0; i < SCRIPT_KINDS; i++)
		assert_int_equal(script_kind_parse(script_kind_name((enum script_kind)i)), i);
	for (int i = 0; i < FINDING_SEVERITIES; i++)
		assert_int_equal(
			finding_severity_parse(finding_severity_name((enum finding_severity)i)), i);
	assert_int_equal(finding_severity_parse("dire"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_may_be_moved),
		cmocka_unit_test(findings_are_copied_whole),
		cmocka_unit_test(what_is_no_tree_becomes_one),
		cmocka_unit_test(what_is_too_large_is_cut_and_says_so),
		cmocka_unit_test(findings_that_make_no_sense_are_tidied),
		cmocka_unit_test(names_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
