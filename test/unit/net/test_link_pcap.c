/* Capture files: what the writer writes the replay hears, and every byte order,
 * unit and link type that others write. On the simulated loop. */
#include "support.h"

#include "net/link.h"
#include "net/pcap_reader.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALL_NS   (1700000000ULL * NS_PER_S + 123456789)
#define MAGIC_US  0xa1b2c3d4u
#define MAGIC_NS  0xa1b23c4du
#define PACKET    "\x45 this stands for a packet"
#define PACKET_V6 "\x60 and this for another one"
#define IP_BYTES  27

static char path[64];

static int set_up(void **state)
{
	int fd;

	snprintf(path, sizeof(path), "/tmp/portolan-pcap-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int tear_down(void **state)
{
	unlink(path);
	return 0;
}

/* --- the replay --- */

struct ear {
	struct loop *loop;
	struct link *link;
	unsigned heard, turns;
	size_t bytes[64], most;
	uint8_t kept[64][4096];
	struct deferred turn;
};

static void heard(void *self, struct link *link, const struct link_seen *seen)
{
	struct ear *ear = self;

	assert_true(ear->heard < 64);
	assert_int_equal(seen->at_ns, loop_now_ns(ear->loop));
	ear->bytes[ear->heard] = seen->count;
	memcpy(ear->kept[ear->heard++], seen->bytes, seen->count < 4096 ? seen->count : 4096);
}

static int open_replay(struct ear *ear, struct diag *diag)
{
	const struct link_config config = {.loop = ear->loop, .heard = heard, .self = ear};

	return link_pcap_new(&config, path, &ear->link, diag);
}

static void ear_init(struct ear *ear)
{
	memset(ear, 0, sizeof(*ear));
	ear->loop = loop_sim_new(WALL_NS);
}

static void ear_release(struct ear *ear)
{
	link_free(ear->link);
	loop_free(ear->loop);
}

static struct ear ear;

static void replay_all(void)
{
	struct diag diag = {0};
	int r;

	ear_init(&ear);
	if ((r = open_replay(&ear, &diag)) < 0)
		fail_msg("%d: %s", r, diag.text);
	loop_run(ear.loop);
}

static void must_have_heard(unsigned i, const char *packet)
{
	assert_int_equal(ear.bytes[i], IP_BYTES);
	assert_memory_equal(ear.kept[i], packet, IP_BYTES);
}

/* --- files by hand --- */

static bool little;

static void add_u32(struct buf *file, uint32_t value)
{
	buf_add_be32(file, little ? __builtin_bswap32(value) : value);
}

static void add_header(struct buf *file, uint32_t magic, uint32_t type)
{
	add_u32(file, magic);
	add_u32(file, little ? 4u << 16 | 2 : 2u << 16 | 4);
	add_u32(file, 0);
	add_u32(file, 0);
	add_u32(file, 65535);
	add_u32(file, type);
}

static void add_record(struct buf *file, uint32_t fraction, const void *header, size_t header_bytes,
		       const char *packet)
{
	add_u32(file, 1700000000);
	add_u32(file, fraction);
	add_u32(file, (uint32_t)header_bytes + IP_BYTES);
	add_u32(file, 1500);
	buf_add(file, header, header_bytes);
	buf_add(file, packet, IP_BYTES);
}

static void save(struct buf *file)
{
	FILE *out = fopen(path, "wb");

	assert_true(buf_ok(file) && out);
	assert_true(!file->len || fwrite(file->data, 1, file->len, out) == file->len);
	fclose(out);
	buf_release(file);
}

/* --- tests --- */

static void what_was_written_is_heard(void **state)
{
	static uint8_t big[300000];
	struct pcap_writer *writer = NULL;
	struct link_stats stats;

	for (int layer = LINK_ETHERNET; layer <= LINK_IP; layer++) {
		big[0] = 0x45;
		assert_int_equal(pcap_writer_new(path, layer, &writer, NULL), 0);
		for (int i = 0; i < 50; i++)
			pcap_writer_add(writer, WALL_NS + i, PACKET, IP_BYTES);
		pcap_writer_add(writer, WALL_NS, big, 4000);
		pcap_writer_add(writer, WALL_NS, big, sizeof(big));
		assert_int_equal(pcap_writer_close(writer, NULL), 0);
		replay_all();
		assert_int_equal(link_layer(ear.link), layer);
		assert_int_equal(ear.heard, 52);
		for (int i = 0; i < 50; i++)
			must_have_heard(i, PACKET);
		assert_int_equal(ear.bytes[50], 4000);
		assert_int_equal(ear.bytes[51], 262144);
		link_stats(ear.link, &stats);
		assert_int_equal(stats.received, 52);
		ear_release(&ear);
	}
}

static void stamps_keep_their_nanoseconds(void **state)
{
	struct pcap_writer *writer = NULL;
	struct pcap_reader reader;
	struct pcap_record record;
	uint8_t bytes[200];
	FILE *in;
	size_t count;

	assert_int_equal(pcap_writer_new(path, LINK_IP, &writer, NULL), 0);
	pcap_writer_add(writer, WALL_NS, PACKET, IP_BYTES);
	assert_int_equal(pcap_writer_close(writer, NULL), 0);
	in = fopen(path, "rb");
	count = fread(bytes, 1, sizeof(bytes), in);
	fclose(in);
	assert_int_equal(pcap_reader_init(&reader, bytes, count, NULL), 0);
	assert_int_equal(pcap_reader_next(&reader, &record), 1);
	assert_true(record.wall_ns == WALL_NS);
	assert_int_equal(pcap_reader_next(&reader, &record), 0);
}

static void both_orders_and_both_units_are_read(void **state)
{
	for (int i = 0; i < 4; i++) {
		struct buf file = BUF_INIT;
		struct pcap_reader reader;
		struct pcap_record record;

		little = i & 1;
		add_header(&file, i & 2 ? MAGIC_NS : MAGIC_US, 101);
		add_record(&file, i & 2 ? 5000 : 5, NULL, 0, PACKET);
		assert_int_equal(pcap_reader_init(&reader, file.data, file.len, NULL), 0);
		assert_int_equal(pcap_reader_next(&reader, &record), 1);
		assert_true(record.wall_ns == 1700000000ULL * NS_PER_S + 5000);
		assert_int_equal(record.count, IP_BYTES);
		assert_memory_equal(record.bytes, PACKET, IP_BYTES);
		buf_release(&file);
	}
	little = false;
}

static void link_headers_are_taken_off(void **state)
{
	static const struct {
		uint32_t type;
		const char *header;
		size_t header_bytes;
		bool skipped;
	} rows[] = {
		{101, "", 0, false},
		{12, "", 0, false},
		{228, "", 0, false},
		{0, "\2\0\0\0", 4, false},
		{108, "\0\0\0\2", 4, false},
		{113, "\0\0\0\1\0\6\0\0\0\0\0\1\0\0\x08\0", 16, false},
		{113, "\0\0\0\1\0\6\0\0\0\0\0\1\0\0\x86\xdd", 16, false},
		{113, "\0\4\0\1\0\6\0\0\0\0\0\1\0\0\x08\0", 16, true}, /* sent */
		{113, "\0\0\0\1\0\6\0\0\0\0\0\1\0\0\x08\6", 16, true}, /* ARP */
		{276, "\x08\0\0\0\0\0\0\1\0\1\0\6\0\0\0\0\0\1\0\0", 20, false},
		{276, "\x08\0\0\0\0\0\0\1\0\1\4\6\0\0\0\0\0\1\0\0", 20, true},
		{101, "\x15", 1, true}, /* neither IPv4 nor IPv6 */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf file = BUF_INIT;

		add_header(&file, MAGIC_US, rows[i].type);
		add_record(&file, 0, rows[i].header, rows[i].header_bytes, PACKET);
		add_record(&file, 0, NULL, 0, PACKET); /* of no bytes at all */
		buf_cut(&file, file.len - IP_BYTES);
		memset(file.data + file.len - 8, 0, 4);
		save(&file);
		replay_all();
		assert_int_equal(link_layer(ear.link), LINK_IP);
		assert_int_equal(ear.heard, rows[i].skipped ? 0 : 1);
		if (ear.heard)
			must_have_heard(0, PACKET);
		ear_release(&ear);
	}
}

static void count_turn(void *self)
{
	ear.turns++;
	if (ear.heard > ear.most)
		ear.most = ear.heard;
	assert_true(ear.heard <= ear.turns);
	if (ear.heard < 10)
		loop_defer(ear.loop, &ear.turn);
}

static void one_packet_is_heard_a_turn(void **state)
{
	struct buf file = BUF_INIT;
	struct diag diag;

	add_header(&file, MAGIC_US, 101);
	for (int i = 0; i < 10; i++)
		add_record(&file, 0, NULL, 0, i & 1 ? PACKET_V6 : PACKET);
	save(&file);
	ear_init(&ear);
	assert_int_equal(open_replay(&ear, &diag), 0);
	ear.turn.run = count_turn;
	loop_defer(ear.loop, &ear.turn);
	loop_run(ear.loop);
	assert_int_equal(ear.heard, 10);
	assert_in_range(ear.turns, 10, 11);
	must_have_heard(0, PACKET);
	must_have_heard(9, PACKET_V6);
	ear_release(&ear);
	ear_init(&ear);
	assert_int_equal(open_replay(&ear, &diag), 0);
	assert_int_equal(link_poll(ear.link, 3), 3);
	assert_int_equal(link_poll(ear.link, 100), 7);
	assert_int_equal(link_poll(ear.link, 100), 0);
	ear_release(&ear);
}

static void sending_goes_nowhere(void **state)
{
	const struct link_frame frames[2] = {{NULL, 0}, {NULL, 0}};
	struct buf file = BUF_INIT;
	struct link_stats stats;

	add_header(&file, MAGIC_US, 1);
	save(&file);
	replay_all();
	assert_int_equal(link_layer(ear.link), LINK_ETHERNET);
	assert_int_equal(link_interface(ear.link), 0);
	assert_int_equal(link_send(ear.link, frames, 2), 2);
	assert_int_equal(link_filter(ear.link, 1, 2, false), 0);
	link_stats(ear.link, &stats);
	assert_int_equal(stats.sent, 2);
	ear_release(&ear);
}

static void a_capture_cut_short_ends_there(void **state)
{
	for (size_t cut = 1; cut < 16 + IP_BYTES; cut++) {
		struct buf file = BUF_INIT;

		add_header(&file, MAGIC_US, 101);
		add_record(&file, 0, NULL, 0, PACKET);
		add_record(&file, 0, NULL, 0, PACKET);
		buf_cut(&file, file.len - cut);
		save(&file);
		replay_all();
		assert_int_equal(ear.heard, 1);
		ear_release(&ear);
	}
}

static void must_fail(struct buf *file, int error, const char *words)
{
	struct diag diag = {0};
	int r;

	save(file);
	ear_init(&ear);
	r = open_replay(&ear, &diag);
	assert_int_equal(r, error);
	assert_null(ear.link);
	assert_non_null(strstr(diag.text, words));
	assert_non_null(strstr(diag.text, path));
	loop_free(ear.loop);
}

static void damage_is_told_at_once(void **state)
{
	struct buf file = BUF_INIT;

	buf_add_str(&file, "no capture");
	must_fail(&file, ERROR_CORRUPT, "no capture file");
	must_fail(&file, ERROR_CORRUPT, "no capture file"); /* empty */
	add_header(&file, MAGIC_US, 101);
	buf_cut(&file, 23);
	must_fail(&file, ERROR_CORRUPT, "header");
	add_header(&file, MAGIC_US, 147);
	must_fail(&file, ERROR_UNSUPPORTED, "147");
	add_header(&file, 0x0a0d0d0a, 101);
	must_fail(&file, ERROR_UNSUPPORTED, "pcapng");
	add_header(&file, MAGIC_US, 101);
	add_record(&file, 0, NULL, 0, PACKET);
	add_record(&file, 0, NULL, 0, PACKET);
	file.data[24 + 16 + IP_BYTES + 8] = 1; /* 16 MiB */
	must_fail(&file, ERROR_CORRUPT, "packet 2");
}

static void files_that_cannot_be_opened_are_told(void **state)
{
	struct pcap_writer *writer = NULL;
	struct diag diag = {0};
	char real[sizeof(path)];

	memcpy(real, path, sizeof(path));
	unlink(path);
	ear_init(&ear);
	assert_int_equal(open_replay(&ear, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, path));
	snprintf(path, sizeof(path), "/tmp");
	assert_int_equal(open_replay(&ear, &diag), ERROR_IO);
	snprintf(path, sizeof(path), "/dev/null");
	assert_int_equal(open_replay(&ear, &diag), ERROR_IO);
	memcpy(path, real, sizeof(path));
	ear_release(&ear);
	assert_int_equal(pcap_writer_new("/nowhere/x", LINK_IP, &writer, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "/nowhere/x"));
	assert_int_equal(pcap_writer_close(NULL, NULL), 0);
}

static void a_full_disk_is_told_at_the_end(void **state)
{
	static uint8_t bytes[1000];
	struct pcap_writer *writer = NULL;
	struct diag diag = {0};

	assert_int_equal(pcap_writer_new("/dev/full", LINK_IP, &writer, &diag), 0);
	for (int i = 0; i < 1000; i++)
		pcap_writer_add(writer, WALL_NS, bytes, sizeof(bytes));
	assert_int_equal(pcap_writer_close(writer, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "/dev/full"));
}

static off_t file_bytes(void)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_size;
}

/* A second passes, which is what it is about: nothing is asserted of its length. */
static void packets_reach_the_file_within_a_second(void **state)
{
	struct pcap_writer *writer = NULL;
	unsigned added = 0;

	assert_int_equal(pcap_writer_new(path, LINK_IP, &writer, NULL), 0);
	assert_int_equal(file_bytes(), 24);
	while (file_bytes() == 24) {
		pcap_writer_add(writer, WALL_NS, PACKET, IP_BYTES);
		added++;
		assert_true(added < 1000); /* 43 KB of the buffer's 64 */
		usleep(10000);
	}
	assert_int_equal(file_bytes(), 24 + added * (16 + IP_BYTES));
	assert_int_equal(pcap_writer_close(writer, NULL), 0);
}

static int open_both(void *self)
{
	struct pcap_writer *writer = NULL;
	struct diag diag;
	int r;

	ear_init(&ear);
	r = ear.loop ? pcap_writer_new(path, LINK_IP, &writer, &diag) : ERROR_MEMORY;
	if (r == 0) {
		pcap_writer_add(writer, WALL_NS, PACKET, IP_BYTES);
		r = pcap_writer_close(writer, &diag);
	}
	if (r == 0)
		r = open_replay(&ear, &diag);
	ear_release(&ear);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	support_each_allocation_fails(open_both, NULL, 50);
}

#define WITH_FILE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILE(what_was_written_is_heard),
		WITH_FILE(stamps_keep_their_nanoseconds),
		WITH_FILE(both_orders_and_both_units_are_read),
		WITH_FILE(link_headers_are_taken_off),
		WITH_FILE(one_packet_is_heard_a_turn),
		WITH_FILE(sending_goes_nowhere),
		WITH_FILE(a_capture_cut_short_ends_there),
		WITH_FILE(damage_is_told_at_once),
		WITH_FILE(files_that_cannot_be_opened_are_told),
		WITH_FILE(a_full_disk_is_told_at_the_end),
		WITH_FILE(packets_reach_the_file_within_a_second),
		WITH_FILE(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
