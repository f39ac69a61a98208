/* Every packet that is given lies within the file, and on link types other than
 * Ethernet begins as an IP packet does. */
#include "net/pcap_reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct pcap_reader reader;
	struct pcap_record record;
	struct diag diag;

	if (pcap_reader_init(&reader, data, bytes, &diag) < 0)
		return 0;
	while (pcap_reader_next(&reader, &record) == 1) {
		if (record.bytes < data || record.count > bytes ||
		    record.bytes + record.count > data + bytes)
			abort();
		if (reader.layer == LINK_IP &&
		    (!record.count || (record.bytes[0] >> 4 != 4 && record.bytes[0] >> 4 != 6)))
			abort();
	}
	return 0;
}
