/* What the parts of packet_text() share: a line that is cut where its room ends. */
#ifndef PORTOLAN_REPORT_PACKET_TEXT_LINE_H
#define PORTOLAN_REPORT_PACKET_TEXT_LINE_H

#include "packet/packet.h"

struct packet_line {
	char *text;
	size_t room, used; /* used < room, but for room 0 */
};

void packet_line_add(struct packet_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void packet_line_add_address(struct packet_line *line, const struct ip_addr *addr);
/* IPv4 in network order. */
void packet_line_add_v4(struct packet_line *line, uint32_t addr);

/* packet_text_options.c: " NOP RR{...}", one blank before each. */
void packet_line_add_ip_options(struct packet_line *line, const uint8_t *options, size_t count);
/* "<mss 1460,nop>"; nothing when there are none, or one is not understood. */
void packet_line_add_tcp_options(struct packet_line *line, const uint8_t *options, size_t count);

/* packet_text_icmp.c: "[a > b Echo request (type=8/code=0) id=1 seq=0]" */
void packet_line_add_icmp(struct packet_line *line, const struct packet *packet);

#endif
