/* Replays a capture file: one packet a turn of the loop, at the time of the
 * loop, so that it works on a simulated one. The file is mapped and walked once
 * at the start, so that damage is told before anything is heard. */
#include "net/link.h"
#include "net/pcap_reader.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct pcap_link {
	struct link base;
	void *bytes;
	size_t count;
	struct pcap_reader reader;
	struct link_stats stats;
	struct deferred next;
};

static struct pcap_link *pcap_link(struct link *link)
{
	return (struct pcap_link *)link;
}

static int pcap_send(struct link *link, const struct link_frame *frames, size_t count)
{
	pcap_link(link)->stats.sent += count;
	return (int)count;
}

static size_t pcap_poll(struct link *link, size_t most)
{
	struct pcap_link *own = pcap_link(link);
	struct pcap_record record;
	size_t heard = 0;

	while (heard < most && pcap_reader_next(&own->reader, &record) == 1) {
		struct link_seen seen = {.bytes = record.bytes,
					 .count = record.count,
					 .at_ns = loop_now_ns(link->config.loop)};

		heard++;
		own->stats.received++;
		link->config.heard(link->config.self, link, &seen);
	}
	return heard;
}

static int pcap_filter(struct link *link, uint16_t first, uint16_t last, bool all_protocols)
{
	return 0;
}

static void pcap_stats(const struct link *link, struct link_stats *ret_stats)
{
	*ret_stats = ((const struct pcap_link *)link)->stats;
}

static void pcap_free(struct link *link)
{
	struct pcap_link *own = pcap_link(link);

	loop_defer_cancel(link->config.loop, &own->next);
	if (own->bytes)
		munmap(own->bytes, own->count);
	alloc_free(own);
}

static void on_turn(void *self)
{
	struct pcap_link *own = self;

	loop_defer(own->base.config.loop, &own->next);
	if (!pcap_poll(&own->base, 1))
		loop_defer_cancel(own->base.config.loop, &own->next);
}

static int map_fd(struct pcap_link *own, int fd)
{
	struct stat status;
	void *bytes;

	if (fstat(fd, &status) < 0)
		return ERROR_IO;
	if (!S_ISREG(status.st_mode)) {
		errno = ESPIPE;
		return ERROR_IO;
	}
	if (!status.st_size)
		return 0;
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return ERROR_IO;
	own->bytes = bytes;
	own->count = (size_t)status.st_size;
	return 0;
}

static int map_file(struct pcap_link *own, const char *path, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = fd < 0 ? ERROR_IO : map_fd(own, fd);

	if (r < 0)
		diag_set(diag, r, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

static int check_records(struct pcap_reader reader, const char *path, struct diag *diag)
{
	struct pcap_record record;
	int r;

	do
		r = pcap_reader_next(&reader, &record);
	while (r == 1);
	if (r < 0)
		diag_set(diag, r, "%s: packet %llu is damaged", path,
			 (unsigned long long)reader.records + 1);
	return r;
}

static int pcap_open(struct pcap_link *own, const char *path, struct diag *diag)
{
	struct diag why = {0};
	int r;

	if ((r = map_file(own, path, diag)) < 0)
		return r;
	if ((r = pcap_reader_init(&own->reader, own->bytes, own->count, &why)) < 0)
		return diag_set(diag, r, "%s %s", path, why.text);
	return check_records(own->reader, path, diag);
}

int link_pcap_new(const struct link_config *config, const char *path, struct link **ret_link,
		  struct diag *diag)
{
	static const struct link_ops ops = {
		.send = pcap_send,
		.poll = pcap_poll,
		.filter = pcap_filter,
		.stats = pcap_stats,
		.free = pcap_free,
	};
	struct pcap_link *own = alloc_zero(sizeof(*own));
	int r;

	if (!own)
		return ERROR_MEMORY;
	own->base = (struct link){.ops = &ops, .config = *config, .mtu = UINT16_MAX};
	own->next.run = on_turn;
	own->next.self = own;
	if ((r = pcap_open(own, path, diag)) < 0) {
		pcap_free(&own->base);
		return r;
	}
	own->base.layer = own->reader.layer;
	loop_defer(config->loop, &own->next);
	*ret_link = &own->base;
	return 0;
}
