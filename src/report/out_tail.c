/* A file is cut short by SIGKILL, and seen by a reader beside us, between any
 * two pages of a write(); within one page of the file a write is whole. So a
 * document that must be well-formed at every instant can be changed visibly
 * only by a write inside one page. The file always is
 *
 *     content  tail  "<?r "  blanks ...  "?>" LF
 *
 * What follows the tail (which closes the root element) is a processing
 * instruction: legal there, and read by nobody. It is the reserve. To add a
 * chunk, the new data is
 *
 *     chunk  tail  "<?r "
 *
 * and all of it but the bytes that will lie over the old `tail "<?r "` is first
 * written into the reserve, where any half-done state is still the same
 * instruction: a chunk never holds "?>", because '>' in text is escaped and
 * tags end in '"' or '/' and '>'. Then one write lays the first bytes of
 * the data over the old `tail "<?r "`: that is the commit. Newlines before the
 * tail see to it that `tail "<?r "` lies inside one page.
 *
 * When the reserve is short it is moved out: blanks after the end (legal), a
 * tiny instruction "<?z?>" at the far end (in one page), then blanks over
 * the old end (in any pieces), after which the first instruction runs on to the
 * "?>" of the second. It is moved ahead of need: somebody who reads page after
 * page while we write may see the old end of the reserve, and then, if he
 * takes longer than from one chunk to the next, new data behind it. (For a
 * chunk larger than the reserve even a quick reader may.) To him who stops
 * the clock, as SIGKILL does, the file is whole always.
 *
 * Invariants between calls: `tail "<?r "` is in one page; between it and
 * close_at there is no "?>". The blank is part of the opener because the first
 * byte after it may already be new data. */
#include "report/out_tail.h"

#include "util/error.h"

#include <errno.h>
#include <string.h>

#define PAGE_BYTES 4096u

static const char opener[] = "<?r ";
#define OPENER_BYTES (sizeof(opener) - 1)

/* The reserve that a document gets, and how little of it makes it grow. */
#define RESERVE_BYTES     32768u
#define RESERVE_LOW_BYTES 16384u

void out_tail_init(struct out_tail *tail, const struct out_tail_file *file, uint64_t content_end)
{
	*tail = (struct out_tail){.file = *file, .content_end = content_end, .scratch = BUF_INIT};
}

void out_tail_release(struct out_tail *tail)
{
	buf_release(&tail->scratch);
}

/* How far `bytes` bytes at `offset` must move to lie inside one page. */
static size_t page_gap(uint64_t offset, size_t bytes)
{
	size_t in_page = (size_t)(offset % PAGE_BYTES);

	return in_page + bytes <= PAGE_BYTES ? 0 : PAGE_BYTES - in_page;
}

/* scratch = chunk, newlines, tail, opener: what will begin at content_end. It
 * covers at least `least` bytes. ret_content_bytes is where the tail begins. */
static bool build(struct out_tail *tail, const void *chunk, size_t chunk_bytes, const void *text,
		  size_t text_bytes, size_t least, size_t *ret_content_bytes)
{
	struct buf *data = &tail->scratch;
	size_t ending = text_bytes + OPENER_BYTES;

	buf_clear(data);
	buf_add(data, chunk, chunk_bytes);
	if (data->len + ending < least)
		buf_add_repeat(data, '\n', least - ending - data->len);
	buf_add_repeat(data, '\n', page_gap(tail->content_end + data->len, ending));
	*ret_content_bytes = data->len;
	buf_add(data, text, text_bytes);
	buf_add(data, opener, OPENER_BYTES);
	return buf_ok(data);
}

/* The first document is written straight on: there is nothing yet to keep whole. */
static int begin(struct out_tail *tail, size_t content_bytes, size_t text_bytes)
{
	struct buf *data = &tail->scratch;
	uint64_t close_at;
	int r;

	buf_add_repeat(data, ' ', RESERVE_BYTES);
	close_at = tail->content_end + data->len;
	buf_add_str(data, "?>\n");
	if (!buf_ok(data))
		return ENOMEM;
	r = tail->file.pwrite(tail->file.self, data->data, data->len, tail->content_end);
	if (r)
		return r;
	tail->content_end += content_bytes;
	tail->tail_bytes = text_bytes;
	tail->close_at = close_at;
	tail->close_bytes = 2;
	tail->begun = true;
	return 0;
}

static int write_blanks(struct out_tail *tail, uint64_t offset, uint64_t end)
{
	char blanks[4096];
	int r = 0;

	memset(blanks, ' ', sizeof(blanks));
	while (!r && offset < end) {
		size_t now =
			end - offset < sizeof(blanks) ? (size_t)(end - offset) : sizeof(blanks);

		r = tail->file.pwrite(tail->file.self, blanks, now, offset);
		offset += now;
	}
	return r;
}

/* Makes the file, which ends at `end`, end with the tiny instruction, so far
 * behind need_end as a reserve is long. */
static int write_far_end(struct out_tail *tail, uint64_t end, uint64_t need_end)
{
	static const char far_end[] = "<?z?>\n";
	size_t far_bytes = sizeof(far_end) - 1;
	uint64_t far_at = need_end + RESERVE_BYTES;
	int r;

	far_at += page_gap(far_at, far_bytes);
	if ((r = write_blanks(tail, end, far_at)) ||
	    (r = tail->file.pwrite(tail->file.self, far_end, far_bytes, far_at)))
		return r;
	tail->close_at = far_at;
	tail->close_bytes = far_bytes - 1;
	return 0;
}

/* Makes the reserve reach `need_end` and some more. */
static int grow(struct out_tail *tail, uint64_t need_end)
{
	uint64_t old_at = tail->close_at, old_end = tail->close_at + tail->close_bytes;
	int r = write_far_end(tail, old_end + 1, need_end); /* a newline is behind it */

	return r ? r : write_blanks(tail, old_at, old_end);
}

int out_tail_append(struct out_tail *tail, const void *chunk, size_t chunk_bytes, const void *text,
		    size_t text_bytes)
{
	size_t overlay = tail->begun ? tail->tail_bytes + OPENER_BYTES : 0;
	struct buf *data = &tail->scratch;
	size_t content_bytes;
	uint64_t end;
	int r;

	if (!build(tail, chunk, chunk_bytes, text, text_bytes, overlay, &content_bytes))
		return ENOMEM;
	if (!tail->begun)
		return begin(tail, content_bytes, text_bytes);
	end = tail->content_end + data->len;
	if (end > tail->close_at && (r = grow(tail, end)))
		return r;
	if ((r = tail->file.pwrite(tail->file.self, data->data + overlay, data->len - overlay,
				   tail->content_end + overlay)) ||
	    (r = tail->file.pwrite(tail->file.self, data->data, overlay, tail->content_end)))
		return r;
	tail->content_end += content_bytes;
	tail->tail_bytes = text_bytes;
	return end + RESERVE_LOW_BYTES > tail->close_at ? grow(tail, end) : 0;
}

/* First the far end, behind the old ending; then the tail and the opener over
 * it, in one page but where newlines had to be put before them (the old ending
 * was not ours); then what is left of the old ending, which by now is inside
 * the reserve, becomes blanks. */
int out_tail_reopen(struct out_tail *tail, uint64_t end, const void *text, size_t text_bytes)
{
	size_t content_bytes;
	uint64_t covered;
	int r;

	if (!build(tail, NULL, 0, text, text_bytes, 0, &content_bytes))
		return ENOMEM;
	covered = tail->content_end + tail->scratch.len;
	if ((r = write_far_end(tail, end, end > covered ? end : covered)) ||
	    (r = tail->file.pwrite(tail->file.self, tail->scratch.data, tail->scratch.len,
				   tail->content_end)) ||
	    (r = write_blanks(tail, covered, end)))
		return r;
	tail->content_end += content_bytes;
	tail->tail_bytes = text_bytes;
	tail->begun = true;
	return 0;
}

int out_tail_finish(struct out_tail *tail)
{
	if (!tail->begun)
		return 0;
	return tail->file.truncate(tail->file.self, tail->content_end + tail->tail_bytes);
}
