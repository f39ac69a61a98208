/* The program, in words:
 *
 *	ARP                                           accept
 *	IPv4, IPv6 when all protocols are wanted      accept
 *	ICMP, ICMPv6, any fragment of them            accept
 *	TCP, UDP, SCTP of a later IPv4 fragment       drop (its ports are elsewhere)
 *	TCP, UDP, SCTP to first_port..last_port       accept
 *	IPv6 with extension headers                   accept (user space walks them)
 *	everything else                               drop
 *
 * X holds where the IP header begins, then where the transport header does. On
 * sockets that show no Ethernet header SKF_NET_OFF makes loads relative to the
 * network header, whatever the interface puts before it. The kernel takes the
 * VLAN tag off before it shows a frame; a second tag (QinQ) stays, and one is
 * skipped here as ethernet_parse() does. A load past the end drops. */
#include "net/link_filter.h"

#include "util/error.h"

#include <assert.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define ACCEPT_BYTES 0x40000u

enum label { NEXT, ACCEPT, DROP, IPV4, IPV6, UNTAGGED, PORTS_V4, PORTS_V6, PORTS, LABELS };

struct assembler {
	struct link_filter *filter;
	uint32_t network; /* added to every offset into the IP header */
	uint8_t place[LABELS];
};

static void put(struct assembler *out, int code, uint32_t k, enum label yes, enum label no)
{
	assert(out->filter->count < LINK_FILTER_MOST);
	out->filter->code[out->filter->count++] = (struct sock_filter){
		.code = (uint16_t)code, .jt = (uint8_t)yes, .jf = (uint8_t)no, .k = k};
}

static void op(struct assembler *out, int code, uint32_t k)
{
	put(out, code, k, NEXT, NEXT);
}

static void here(struct assembler *out, enum label label)
{
	out->place[label] = (uint8_t)out->filter->count;
}

/* A = bytes at X + offset of the IP or transport header. */
static void load(struct assembler *out, int size, uint32_t offset)
{
	op(out, BPF_LD | BPF_IND | size, out->network + offset);
}

static void when(struct assembler *out, uint32_t value, enum label then)
{
	put(out, BPF_JMP | BPF_JEQ | BPF_K, value, then, NEXT);
}

/* The last of several when(): never falls through. */
static void when_else_drop(struct assembler *out, uint32_t value, enum label then)
{
	put(out, BPF_JMP | BPF_JEQ | BPF_K, value, then, DROP);
}

/* Both branches of a jump become distances; labels lie ahead of their uses. */
static void resolve(struct assembler *out)
{
	for (unsigned i = 0; i < out->filter->count; i++) {
		struct sock_filter *at = &out->filter->code[i];

		if (BPF_CLASS(at->code) != BPF_JMP)
			continue;
		at->jt = at->jt == NEXT ? 0 : (uint8_t)(out->place[at->jt] - i - 1);
		at->jf = at->jf == NEXT ? 0 : (uint8_t)(out->place[at->jf] - i - 1);
	}
	for (unsigned i = 0; i < out->filter->count; i++)
		if (BPF_CLASS(out->filter->code[i].code) != BPF_JMP)
			out->filter->code[i].jt = out->filter->code[i].jf = 0;
}

static void put_ethernet(struct assembler *out)
{
	op(out, BPF_LDX | BPF_IMM, ETH_HLEN);
	op(out, BPF_LD | BPF_H | BPF_ABS, 12);
	put(out, BPF_JMP | BPF_JEQ | BPF_K, ETH_P_8021Q, NEXT, UNTAGGED);
	op(out, BPF_LDX | BPF_IMM, ETH_HLEN + 4);
	op(out, BPF_LD | BPF_H | BPF_ABS, 16);
	here(out, UNTAGGED);
	when(out, ETH_P_ARP, ACCEPT);
}

static void put_network(struct assembler *out)
{
	op(out, BPF_LDX | BPF_IMM, 0);
	op(out, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
}

static void when_it_has_ports(struct assembler *out, enum label then)
{
	when(out, IPPROTO_TCP, then);
	when(out, IPPROTO_UDP, then);
	when(out, IPPROTO_SCTP, then);
}

static void put_ipv4(struct assembler *out)
{
	here(out, IPV4);
	load(out, BPF_B, 9);
	when_it_has_ports(out, PORTS_V4);
	when_else_drop(out, IPPROTO_ICMP, ACCEPT);
}

static void put_ipv6(struct assembler *out)
{
	here(out, IPV6);
	load(out, BPF_B, 6);
	when_it_has_ports(out, PORTS_V6);
	when(out, IPPROTO_ICMPV6, ACCEPT);
	when(out, IPPROTO_HOPOPTS, ACCEPT);
	when(out, IPPROTO_ROUTING, ACCEPT);
	when(out, IPPROTO_FRAGMENT, ACCEPT);
	when(out, IPPROTO_AH, ACCEPT);
	when_else_drop(out, IPPROTO_DSTOPTS, ACCEPT);
}

static void put_ports(struct assembler *out, uint16_t first, uint16_t last)
{
	here(out, PORTS_V4);
	load(out, BPF_H, 6);
	put(out, BPF_JMP | BPF_JSET | BPF_K, 0x1fff, DROP, NEXT);
	load(out, BPF_B, 0);
	op(out, BPF_ALU | BPF_AND | BPF_K, 15);
	op(out, BPF_ALU | BPF_LSH | BPF_K, 2);
	op(out, BPF_ALU | BPF_ADD | BPF_X, 0);
	op(out, BPF_MISC | BPF_TAX, 0);
	load(out, BPF_H, 2);
	put(out, BPF_JMP | BPF_JGE | BPF_K, first, PORTS, DROP);
	here(out, PORTS_V6);
	load(out, BPF_H, 42);
	put(out, BPF_JMP | BPF_JGE | BPF_K, first, PORTS, DROP);
	here(out, PORTS);
	put(out, BPF_JMP | BPF_JGT | BPF_K, last, DROP, ACCEPT);
}

void link_filter_build(struct link_filter *filter, bool ethernet, uint16_t first_port,
		       uint16_t last_port, bool all_protocols)
{
	struct assembler out = {.filter = filter, .network = ethernet ? 0 : (uint32_t)SKF_NET_OFF};

	filter->count = 0;
	if (ethernet)
		put_ethernet(&out);
	else
		put_network(&out);
	when(&out, ETH_P_IP, all_protocols ? ACCEPT : IPV4);
	when_else_drop(&out, ETH_P_IPV6, all_protocols ? ACCEPT : IPV6);
	if (!all_protocols) {
		put_ipv4(&out);
		put_ipv6(&out);
		put_ports(&out, first_port, last_port);
	}
	here(&out, ACCEPT);
	op(&out, BPF_RET | BPF_K, ACCEPT_BYTES);
	here(&out, DROP);
	op(&out, BPF_RET | BPF_K, 0);
	resolve(&out);
}

int link_filter_attach(int fd, const struct link_filter *filter)
{
	struct sock_fprog program = {.len = filter->count,
				     .filter = (struct sock_filter *)filter->code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0
		       ? ERROR_SYSTEM
		       : 0;
}
