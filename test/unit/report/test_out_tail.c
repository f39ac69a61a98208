#include "support.h"
#include "xml_check.h"

#include "report/out_tail.h"
#include "util/error.h"

#include <errno.h>
#include <string.h>

#define PAGE 4096u

/* A file in memory that is looked at after every piece that SIGKILL could
 * leave: the pages of each write, in order. */
struct disk {
	struct buf bytes;
	size_t chunks; /* committed so far */
	bool looking;  /* the document has begun */
	long space;    /* pieces until the disk is full; < 0 never */
};

static void look(struct disk *disk)
{
	size_t at = 0, i;
	const char *from;

	if (!disk->looking)
		return;
	if (!xml_is_well_formed(disk->bytes.data, disk->bytes.len, &at))
		fail_msg("not well-formed at byte %zu of %zu after %zu chunks", at, disk->bytes.len,
			 disk->chunks);
	from = buf_str(&disk->bytes);
	for (i = 0; i < disk->chunks; i++) {
		char id[32];

		snprintf(id, sizeof(id), "<c n=\"%zu\"", i);
		from = strstr(from, id);
		if (!from)
			fail_msg("chunk %zu is gone", i);
	}
}

static int disk_pwrite(void *self, const void *bytes, size_t count, uint64_t offset)
{
	struct disk *disk = self;
	const uint8_t *at = bytes;

	assert_true(offset <= disk->bytes.len); /* no holes */
	while (count) {
		size_t now = PAGE - offset % PAGE < count ? (size_t)(PAGE - offset % PAGE) : count;

		if (disk->space == 0)
			return ENOSPC;
		if (disk->space > 0)
			disk->space--;
		if (offset + now > disk->bytes.len)
			buf_add_repeat(&disk->bytes, 0, offset + now - disk->bytes.len);
		if (!buf_ok(&disk->bytes))
			return ENOMEM;
		memcpy(disk->bytes.data + offset, at, now);
		look(disk);
		at += now;
		offset += now;
		count -= now;
	}
	return 0;
}

static int disk_truncate(void *self, uint64_t bytes)
{
	struct disk *disk = self;

	buf_cut(&disk->bytes, bytes);
	look(disk);
	return 0;
}

static const char ending[] = "</r>\n";

static int add(struct out_tail *tail, struct buf *chunk)
{
	return out_tail_append(tail, chunk->data, chunk->len, ending, sizeof(ending) - 1);
}

static void make_chunk(struct buf *chunk, size_t number, size_t pad)
{
	buf_clear(chunk);
	buf_addf(chunk, "<c n=\"%zu\" x=\"", number);
	buf_add_repeat(chunk, 'x', pad);
	buf_add_str(chunk, "\"/>\n");
}

/* The root, and `pad` newlines in it. */
static int begin(struct disk *disk, struct out_tail *tail, struct buf *chunk, size_t pad)
{
	const struct out_tail_file file = {disk, disk_pwrite, disk_truncate};
	int r;

	out_tail_init(tail, &file, disk->bytes.len);
	buf_clear(chunk);
	buf_add_str(chunk, "<?xml version=\"1.0\"?>\n<!-- a --><r>\n");
	buf_add_repeat(chunk, '\n', pad);
	r = buf_ok(chunk) ? add(tail, chunk) : ENOMEM;
	disk->looking = !r;
	look(disk);
	return r;
}

static void finish(struct disk *disk, struct out_tail *tail, struct buf *chunk)
{
	assert_int_equal(out_tail_finish(tail), 0);
	assert_null(strstr(buf_str(&disk->bytes), "<?r"));
	assert_null(strstr(buf_str(&disk->bytes), "<?z"));
	assert_string_equal(buf_str(&disk->bytes) + disk->bytes.len - strlen(ending), ending);
	out_tail_release(tail);
	buf_release(&disk->bytes);
	buf_release(chunk);
}

/* Chunks of these sizes, in turn. */
static void run_from(size_t first, const size_t *pads, size_t pads_count, size_t chunks)
{
	struct disk disk = {.bytes = BUF_INIT, .space = -1};
	struct buf chunk = BUF_INIT;
	struct out_tail tail;
	size_t i;

	assert_int_equal(begin(&disk, &tail, &chunk, first), 0);
	for (i = 0; i < chunks; i++) {
		make_chunk(&chunk, i, pads[i % pads_count]);
		assert_int_equal(add(&tail, &chunk), 0);
		disk.chunks = i + 1;
		look(&disk);
	}
	finish(&disk, &tail, &chunk);
}

static void run(const size_t *pads, size_t pads_count, size_t chunks)
{
	run_from(0, pads, pads_count, chunks);
}

static void the_file_is_whole_after_every_piece_of_every_write(void **state)
{
	static const size_t small[] = {0}, odd[] = {1, 37, 301, 5}, big[] = {20000, 3, 70000},
			    page[] = {PAGE, PAGE - 1, PAGE - 30, PAGE + 1};

	run(small, 1, 150);
	run(odd, 4, 80);
	run(big, 3, 4);
	run(page, 4, 12);
}

static void every_place_in_a_page_is_safe(void **state)
{
	size_t pads[2] = {0, 11};

	/* The first chunk moves everything behind it through a page, byte by byte. */
	for (pads[0] = 4010; pads[0] < 4060; pads[0]++)
		run(pads, 2, 3);
	for (pads[0] = 12200; pads[0] < 12270; pads[0]++)
		run(pads, 2, 3);
}

static void every_place_of_the_reserve_can_be_the_last(void **state)
{
	size_t pads[2] = {0, 17000};

	/* The opener lands everywhere around the end of the reserve: of the first,
	 * and of the one that comes after it. */
	for (pads[0] = 32742; pads[0] < 32760; pads[0]++)
		run(pads, 2, 2);
	for (pads[0] = 32746 - 16384; pads[0] < 32758 - 16384; pads[0]++)
		run(pads, 2, 2);
}

static void a_full_disk_leaves_the_last_whole_document(void **state)
{
	long space;

	for (space = 1; space < 60; space += 7) {
		struct disk disk = {.bytes = BUF_INIT, .space = -1};
		struct buf chunk = BUF_INIT;
		struct out_tail tail;
		size_t i = 0;

		assert_int_equal(begin(&disk, &tail, &chunk, 0), 0);
		disk.space = space;
		for (;;) {
			make_chunk(&chunk, i, 5000);
			if (add(&tail, &chunk))
				break;
			disk.chunks = ++i;
		}
		look(&disk);
		finish(&disk, &tail, &chunk);
	}
}

static void tails_may_change_their_length(void **state)
{
	static const char *const tails[] = {"</r>", "</r>\n\n\n\n\n\n\n\n", "</r>\n"};
	struct disk disk = {.bytes = BUF_INIT, .space = -1};
	struct buf chunk = BUF_INIT;
	struct out_tail tail;
	size_t i;

	assert_int_equal(begin(&disk, &tail, &chunk, 0), 0);
	for (i = 0; i < 201; i++) {
		const char *text = tails[i % 3];

		make_chunk(&chunk, i, i % 2 ? 0 : i);
		if (i % 5 == 1) /* nothing new but the tail */
			buf_cut(&chunk, 0);
		assert_int_equal(out_tail_append(&tail, chunk.data, chunk.len, text, strlen(text)),
				 0);
		look(&disk);
	}
	finish(&disk, &tail, &chunk);
}

/* Goes on in a file whose old ending begins at `from`. */
static void go_on(struct disk *disk, uint64_t from)
{
	const struct out_tail_file file = {disk, disk_pwrite, disk_truncate};
	struct buf chunk = BUF_INIT;
	struct out_tail tail;

	out_tail_init(&tail, &file, from);
	assert_int_equal(out_tail_reopen(&tail, disk->bytes.len, ending, strlen(ending)), 0);
	look(disk);
	make_chunk(&chunk, 0, 1500);
	assert_int_equal(add(&tail, &chunk), 0);
	disk->chunks = 1;
	look(disk);
	finish(disk, &tail, &chunk);
}

/* Whatever is in its reserve, at every place in a page. */
static void a_killed_document_goes_on(void **state)
{
	size_t first;

	for (first = 4040; first < 4058; first++) {
		struct disk disk = {.bytes = BUF_INIT, .space = -1};
		struct buf chunk = BUF_INIT;
		struct out_tail tail;

		assert_int_equal(begin(&disk, &tail, &chunk, first), 0);
		disk.space = 1; /* half of a chunk gets into the reserve */
		make_chunk(&chunk, 0, 9000);
		assert_int_equal(add(&tail, &chunk), ENOSPC);
		disk.space = -1;
		out_tail_release(&tail);
		buf_release(&chunk);
		go_on(&disk, tail.content_end);
	}
}

static void a_finished_document_goes_on(void **state)
{
	struct disk disk = {.bytes = BUF_INIT, .space = -1, .looking = true};

	buf_add_str(&disk.bytes, "<r>\n<stats a=\"b\"/>\n</r>");
	go_on(&disk, 4);
	disk = (struct disk){.bytes = BUF_INIT, .space = -1, .looking = true};
	buf_add_str(&disk.bytes, "<r></r>");
	go_on(&disk, 3);
}

static int allocate(void *self)
{
	struct disk disk = {.bytes = BUF_INIT, .space = -1};
	struct buf chunk = BUF_INIT;
	struct out_tail tail = {.scratch = BUF_INIT};
	int r = begin(&disk, &tail, &chunk, 0);

	if (!r) {
		make_chunk(&chunk, 0, 30000);
		r = buf_ok(&chunk) ? add(&tail, &chunk) : ENOMEM;
	}
	if (buf_ok(&disk.bytes))
		look(&disk);
	out_tail_release(&tail);
	buf_release(&disk.bytes);
	buf_release(&chunk);
	return r ? ERROR_MEMORY : 0;
}

static void memory_may_be_short_at_any_point(void **state)
{
	support_each_allocation_fails(allocate, NULL, 100);
}

static void the_checker_knows_bad_documents(void **state)
{
	static const char *const bad[] = {
		"",
		"<r>",
		"<r></q>",
		"<r/><r/>",
		"<r a=\"1\" a=\"2\"/>",
		"<r a=\"<\"/>",
		"<r a='1'/>",
		"<r>&#x1b;</r>",
		"<r>&nbsp;</r>",
		"<r>\x01</r>",
		"<!-- -- --><r/>",
		"<r/><?r",
		"<r/><?r<?z?>",
		"<r/>text",
		"<r a=\"1\"b=\"2\"/>",
	};
	static const char good[] = "<r a=\"&#xff;\">x<b/></r>\n<?r  <?z?>\n";
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (xml_is_well_formed(bad[i], strlen(bad[i]), NULL))
			fail_msg("passed: %s", bad[i]);
	assert_true(xml_is_well_formed(good, strlen(good), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_checker_knows_bad_documents),
		cmocka_unit_test(the_file_is_whole_after_every_piece_of_every_write),
		cmocka_unit_test(every_place_in_a_page_is_safe),
		cmocka_unit_test(every_place_of_the_reserve_can_be_the_last),
		cmocka_unit_test(a_full_disk_leaves_the_last_whole_document),
		cmocka_unit_test(tails_may_change_their_length),
		cmocka_unit_test(a_killed_document_goes_on),
		cmocka_unit_test(a_finished_document_goes_on),
		cmocka_unit_test(memory_may_be_short_at_any_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
