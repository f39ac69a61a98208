/* Any bytes as a line of --packet-trace: printable, and ended where its room is. */
#include "report/packet_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char text[PACKET_TEXT_BYTES];
	struct packet_trace trace = {0};
	size_t length, i;

	if (bytes < 2)
		return 0;
	trace.sent = data[0] & 1;
	trace.ethernet = data[0] & 2;
	trace.bytes = data + 2;
	trace.count = bytes - 2;
	length = packet_text(&trace, text, data[1] ? data[1] : sizeof(text));
	if (length != strlen(text) || (data[1] && length >= data[1]))
		abort();
	for (i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			abort();
	return 0;
}
