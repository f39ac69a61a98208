/* firewall.bpf.c: a silent firewall: TCP passes only to the ports of ALLOWED (a
 * list with commas). With ONLY_SYN=1 what is no SYN passes to all ports, as with a
 * filter that keeps no state. TCP whose ports or flags cannot be seen is lost. */
#include "link.bpf.h"

static __always_inline int is_allowed(__u16 port)
{
	static const __u16 allowed[] = {ALLOWED};

	for (unsigned int i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (port == allowed[i])
			return 1;
	return 0;
}

static __always_inline int passes(const struct frame *frame)
{
	const struct tcphdr *tcp = frame->transport;

	if (frame->protocol != IPPROTO_TCP)
		return 1;
	if (!tcp || (void *)(tcp + 1) > frame->end)
		return 0;
	if (ONLY_SYN && (!tcp->syn || tcp->ack))
		return 1;
	return is_allowed(bpf_ntohs(tcp->dest));
}
