/* Strings, cells and rows of a database that is read: what was met before is found
 * again, so that most test lines cost one look into a table. */
#include "detect/os/os_db_load.h"

#include "detect/os/os_expression.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define LIST_FIRST 16u

void *os_list_add(void **all, size_t *count, size_t *room, size_t each_bytes)
{
	uint8_t *element;

	if (*count == *room) {
		size_t more = *room ? *room + *room / 2 : LIST_FIRST;
		void *larger = alloc_resize(*all, more, each_bytes);

		if (!larger)
			return NULL;
		*all = larger;
		*room = more;
	}
	element = (uint8_t *)*all + *count * each_bytes;
	memset(element, 0, each_bytes);
	++*count;
	return element;
}

const char *os_load_string(struct os_load *load, struct os_words text)
{
	const struct os_interned *known = os_intern_find(&load->strings, text.at, text.bytes, 0);
	char *copy;

	if (known)
		return known->text;
	copy = arena_strndup(&load->db->strings, text.at, text.bytes);
	if (!copy || os_intern_add(&load->strings, copy, text.bytes, 0, 0) < 0)
		return NULL;
	load->db->strings_bytes += (text.bytes + 16) & ~(size_t)15;
	return copy;
}

static uint32_t cell_tag(const struct os_field *field)
{
	return (uint32_t)field->attribute << 1 | field->implied;
}

static int add_cell(struct os_load *load, const struct os_field *field, const char **ret_words)
{
	struct os_cell *cell;
	const char *expression;

	*ret_words = os_expression_fault(field->text, field->bytes,
					 os_attribute_nests(field->attribute));
	if (*ret_words)
		return 0;
	expression = os_load_string(load, (struct os_words){field->text, field->bytes});
	if (!expression || !(cell = OS_ADD(&load->db->cells)))
		return ERROR_MEMORY;
	*cell = (struct os_cell){expression, (uint8_t)field->attribute, field->implied};
	return os_intern_add(&load->cells, expression, field->bytes, cell_tag(field),
			     (uint32_t)(load->db->cells.count - 1));
}

static int add_field(struct os_load *load, const struct os_field *field, const char **ret_words)
{
	const struct os_interned *known =
		os_intern_find(&load->cells, field->text, field->bytes, cell_tag(field));
	uint32_t *added, cell;
	int r = 0;

	cell = known ? known->value : (uint32_t)load->db->cells.count;
	if (!known)
		r = add_cell(load, field, ret_words);
	if (r < 0 || *ret_words)
		return r;
	if (!(added = OS_ADD(&load->db->row_cells)))
		return ERROR_MEMORY;
	*added = cell;
	return 0;
}

/* A row for a line that was not met yet. Cells of a row that turns out wrong stay
 * behind unused. */
static int add_row(struct os_load *load, struct os_test_line *test, const char **ret_words)
{
	size_t before = load->db->row_cells.count, i;
	uint32_t *end;
	int r = 0;

	*ret_words = os_test_line_imply_r(test);
	for (i = 0; r == 0 && !*ret_words && i < test->count; i++)
		r = add_field(load, &test->fields[i], ret_words);
	if (r < 0 || *ret_words) {
		load->db->row_cells.count = before;
		return r;
	}
	if (!(end = OS_ADD(&load->db->row_ends)))
		return ERROR_MEMORY;
	*end = (uint32_t)load->db->row_cells.count;
	return 0;
}

/* A row and its test, in one number: a text of at most 32 MiB has less than 2^28 lines. */
static uint32_t known_row(uint32_t row, enum os_test test)
{
	return row << 4 | (uint32_t)test;
}

static int find_row(struct os_load *load, struct os_words line, uint32_t *ret_known,
		    const char **ret_words)
{
	const struct os_interned *known = os_intern_find(&load->lines, line.at, line.bytes, 0);
	uint32_t row = (uint32_t)load->db->row_ends.count;
	struct os_test_line test;
	int r;

	if (known) {
		*ret_known = known->value;
		return 0;
	}
	if ((*ret_words = os_test_line_parse(line.at, line.bytes, &test)))
		return 0;
	*ret_known = known_row(row, test.test);
	if ((r = add_row(load, &test, ret_words)) < 0 || *ret_words)
		return r;
	return os_intern_add(&load->lines, line.at, line.bytes, 0, *ret_known);
}

int os_load_test(struct os_load *load, struct os_words line, const char **ret_words)
{
	struct os_print_entry *entry = &load->db->entries.all[load->db->entries.count - 1];
	uint32_t known, test;
	int r = find_row(load, line, &known, ret_words);

	if (r < 0 || *ret_words)
		return r;
	test = known & 0x0f;
	if (load->tests_seen & 1u << test) {
		*ret_words = "a test stands twice in an entry";
		return 0;
	}
	load->tests_seen |= 1u << test;
	entry->rows[test] = known >> 4;
	return 0;
}

void os_load_release(struct os_load *load)
{
	os_intern_release(&load->strings);
	os_intern_release(&load->lines);
	os_intern_release(&load->cells);
}
