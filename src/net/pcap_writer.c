/* Classic pcap with nanoseconds, big-endian (readers take either order), as
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap has it. A failure is
 * remembered and told once, at the end: a scan goes on without its capture. */
#include "net/link.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAGIC_NS      0xa1b23c4du
#define SNAP_BYTES    262144u
#define TYPE_ETHERNET 1u
#define TYPE_RAW      101u
#define BUFFER_BYTES  65536u

struct pcap_writer {
	int fd;
	int error; /* errno of the first write that failed */
	uint64_t flushed_ns;
	size_t used;
	uint8_t buffer[BUFFER_BYTES];
	char path[];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void flush(struct pcap_writer *writer)
{
	size_t done = 0;

	while (done < writer->used && !writer->error) {
		ssize_t wrote = write(writer->fd, writer->buffer + done, writer->used - done);

		if (wrote > 0)
			done += (size_t)wrote;
		else if (wrote < 0 && errno != EINTR)
			writer->error = errno;
	}
	writer->used = 0;
	writer->flushed_ns = now_ns();
}

static void put(struct pcap_writer *writer, const void *bytes, size_t count)
{
	const uint8_t *from = bytes;

	while (count) {
		size_t room = BUFFER_BYTES - writer->used;
		size_t some = count < room ? count : room;

		memcpy(writer->buffer + writer->used, from, some);
		writer->used += some;
		from += some;
		count -= some;
		if (writer->used == BUFFER_BYTES)
			flush(writer);
	}
}

static void put_be32(struct pcap_writer *writer, uint32_t value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
				 (uint8_t)(value >> 8), (uint8_t)value};

	put(writer, bytes, sizeof(bytes));
}

static void put_header(struct pcap_writer *writer, enum link_layer layer)
{
	put_be32(writer, MAGIC_NS);
	put_be32(writer, 2u << 16 | 4); /* version 2.4 */
	put_be32(writer, 0);
	put_be32(writer, 0);
	put_be32(writer, SNAP_BYTES);
	put_be32(writer, layer == LINK_ETHERNET ? TYPE_ETHERNET : TYPE_RAW);
}

int pcap_writer_new(const char *path, enum link_layer layer, struct pcap_writer **ret_writer,
		    struct diag *diag)
{
	size_t path_bytes = strlen(path) + 1;
	struct pcap_writer *writer = alloc_zero(sizeof(*writer) + path_bytes);

	if (!writer)
		return ERROR_MEMORY;
	memcpy(writer->path, path, path_bytes);
	writer->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (writer->fd < 0) {
		alloc_free(writer);
		return diag_set(diag, ERROR_IO, "%s: %s", path, strerror(errno));
	}
	put_header(writer, layer);
	flush(writer);
	*ret_writer = writer;
	return 0;
}

void pcap_writer_add(struct pcap_writer *writer, uint64_t wall_ns, const void *bytes, size_t count)
{
	uint32_t captured = count < SNAP_BYTES ? (uint32_t)count : SNAP_BYTES;

	put_be32(writer, (uint32_t)(wall_ns / NS_PER_S));
	put_be32(writer, (uint32_t)(wall_ns % NS_PER_S));
	put_be32(writer, captured);
	put_be32(writer, count < UINT32_MAX ? (uint32_t)count : UINT32_MAX);
	put(writer, bytes, captured);
	/* Who watches the file sees packets while they are news. */
	if (now_ns() - writer->flushed_ns >= NS_PER_S)
		flush(writer);
}

int pcap_writer_close(struct pcap_writer *writer, struct diag *diag)
{
	int r = 0;

	if (!writer)
		return 0;
	flush(writer);
	if (close(writer->fd) < 0 && !writer->error)
		writer->error = errno;
	if (writer->error)
		r = diag_set(diag, ERROR_IO, "%s: %s", writer->path, strerror(writer->error));
	alloc_free(writer);
	return r;
}
