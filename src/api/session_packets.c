#include "api/session_packets.h"

#include "packet/ethernet.h"
#include "report/packet_text.h"

#include <string.h>

int session_packets_open(struct session_packets *packets, const struct plan *plan,
			 struct diag *diag)
{
	if (!plan->packets.pcap_path)
		return 0;
	return pcap_writer_new(plan->packets.pcap_path, LINK_ETHERNET, &packets->capture, diag);
}

/* A capture has one kind of frame: what had no Ethernet header gets an empty one. */
static void capture(struct session_packets *packets, bool ethernet, const uint8_t *bytes,
		    size_t count)
{
	uint8_t frame[ETHERNET_HEADER_BYTES + 2048];
	const struct ethernet_header header = {
		.type = count && bytes[0] >> 4 == 6 ? ETHERNET_IPV6 : ETHERNET_IPV4,
	};

	if (!ethernet) {
		if (count > sizeof(frame) - ETHERNET_HEADER_BYTES)
			count = sizeof(frame) - ETHERNET_HEADER_BYTES;
		ethernet_build(&header, frame);
		memcpy(frame + ETHERNET_HEADER_BYTES, bytes, count);
		bytes = frame;
		count += ETHERNET_HEADER_BYTES;
	}
	pcap_writer_add(packets->capture, loop_wall_ns(packets->loop), bytes, count);
}

static void trace(const struct session_packets *packets, bool sent, bool ethernet,
		  const uint8_t *bytes, size_t count)
{
	const struct packet_trace trace = {
		.sent = sent,
		.at_s = (double)(loop_time_ns(packets->loop) - packets->start_ns) /
			(double)NS_PER_S,
		.ethernet = ethernet,
		.bytes = bytes,
		.count = count,
		.services = packets->services,
	};
	char text[PACKET_TEXT_BYTES + 1];
	size_t length = packet_text(&trace, text, PACKET_TEXT_BYTES);

	if (!length)
		return;
	text[length++] = '\n';
	out_write(packets->screen, text, length);
}

static void tap(void *self, bool sent, bool ethernet, const uint8_t *bytes, size_t count)
{
	struct session_packets *packets = self;

	if (packets->capture)
		capture(packets, ethernet, bytes, count);
	if (packets->trace && packets->screen)
		trace(packets, sent, ethernet, bytes, count);
}

void session_packets_attach(struct session_packets *packets, struct wire *wire)
{
	if (wire)
		wire_set_tap(wire, packets->capture || packets->trace ? tap : NULL, packets);
}

int session_packets_close(struct session_packets *packets, struct diag *diag)
{
	struct pcap_writer *writer = packets->capture;

	packets->capture = NULL;
	return pcap_writer_close(writer, diag);
}
