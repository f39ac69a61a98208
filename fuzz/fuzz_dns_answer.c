/* The first byte chooses the type asked for; the rest is the message. */
#include "net/resolver_answer.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA, DNS_PTR};
	struct dns_answer answer;
	enum dns_type type;

	if (!bytes)
		return 0;
	type = types[data[0] % 3];
	if (dns_answer_parse(data + 1, bytes - 1, "h1.test", type, &answer) < 0)
		return 0;
	if (strlen(answer.name) >= HOST_NAME_BYTES || answer.addrs.count > ADDR_LIST_MOST)
		abort();
	/* Success means that something was found. */
	if (!answer.addrs.count && !answer.name[0])
		abort();
	if (answer.is_alias && answer.addrs.count)
		abort();
	addr_list_release(&answer.addrs);
	return 0;
}
